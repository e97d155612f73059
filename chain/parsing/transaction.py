"""One transaction in our own words, read from any shape a node gives it. Foreign JSON ends here. Pure.

The shapes: a getTransaction result, an element of getBlock's transactions, the payload of a
transactionNotification, or the whole answer or notification around one of these; `json`,
`jsonParsed`, `base64` and `base58`; legacy, v0 and v1; of any year.
"""

from typing import Final, cast

import msgspec

from chain.parsing import binary_form, json_shapes
from chain.parsing.json_shapes import InnerCalls, Instruction, TokenBalance, mended
from domain.errors import Undecodable

UNKNOWN: Final = "?"
"""Begins the name of an account or owner that the node does not name."""

_MAX_WRAPPINGS = 4
Json = bytes | msgspec.Raw
"""A node's text, whole or as a part of another."""


class Transaction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a transaction was and what it did; amounts in lamports and in tokens' smallest units."""

    signature: str
    slot: int | None
    block_time: int | None
    """Unix seconds; None: the node does not say it."""
    position: int | None
    """Its index in its block, from 0; None: the node does not say it."""
    version: int | str | None
    failed: bool
    err: str | None
    """The node's JSON about why it failed; None: it did not."""
    fee: int
    keys: tuple[str, ...]
    """All accounts, those of look-up tables last; one that the node does not name is `?` and its index."""
    signer_count: int
    """The first so many keys have signed; the first of all pays the fee."""
    pre_lamports: tuple[int, ...]
    post_lamports: tuple[int, ...]
    pre_tokens: tuple[TokenBalance, ...]
    post_tokens: tuple[TokenBalance, ...]
    instructions: tuple[Instruction, ...]
    inner: tuple[InnerCalls, ...]
    """What each instruction called."""
    source: Json
    """The node's JSON, from which `chain.parsing.calls` reads the accounts and data of calls."""

    @property
    def payer(self) -> str:
        """The account that paid the network fee."""
        return self.keys[0]

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signed, the payer first."""
        return self.keys[: self.signer_count]


def read_transaction(
    raw: Json, *, slot: int | None = None, block_time: int | None = None, position: int | None = None
) -> Transaction:
    """The transaction in `raw`; slot, time and position are used where `raw` lacks them.

    Args:
        raw: a node's JSON in one of the shapes above.
        slot: of the block.
        block_time: of the block, in Unix seconds.
        position: the index of the transaction in its block, from 0.

    Raises:
        Undecodable: it cannot be read; nothing else is raised, whatever the bytes are.
    """
    outer, source = _opened(raw)
    meta, version, signature, message = _contents(outer)
    keys, signer_count = _keys(message, meta)
    err = _err(meta)
    return Transaction(
        signature=signature,
        slot=slot if outer.slot is None else outer.slot,
        block_time=block_time if outer.block_time is None else json_shapes.plausible_time(outer.block_time),
        position=position if outer.position is None else outer.position,
        version=version,
        failed=err is not None,
        err=err,
        fee=meta.fee,
        keys=keys,
        signer_count=signer_count,
        pre_lamports=meta.pre_lamports,
        post_lamports=meta.post_lamports,
        pre_tokens=meta.pre_tokens or (),
        post_tokens=meta.post_tokens or (),
        instructions=message.instructions if message.header else _indexed(message.instructions, keys),
        source=source,
        inner=(meta.inner or ()) if message.header else _indexed_inner(meta.inner or (), keys),
    )


_decode = msgspec.json.Decoder(json_shapes.TransactionWithMeta, strict=False).decode


def _opened(raw: Json) -> tuple[json_shapes.TransactionWithMeta, Json]:
    """The transaction in `raw`, out of a node's whole answer or notification if it is in one."""
    try:
        return _unwrapped(raw)
    except Undecodable:
        whole = mended(raw)
        if whole == bytes(raw):
            raise
        return _unwrapped(whole)


def _unwrapped(raw: Json) -> tuple[json_shapes.TransactionWithMeta, Json]:
    try:
        outer = _decode(raw)
        wrappings = 0
        while outer.transaction is None and wrappings < _MAX_WRAPPINGS:
            raw = outer.result or outer.params
            if not raw:
                break
            outer = _decode(raw)
            wrappings += 1
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.explain("transaction", raw, error)) from error
    return outer, raw


def _contents(
    outer: json_shapes.TransactionWithMeta,
) -> tuple[json_shapes.TransactionMeta, int | str | None, str, json_shapes.Message]:
    """What the transaction did, its version, its signature, and what was signed."""
    meta, version, signed = _parts(outer)
    if isinstance(signed, json_shapes.Signed):
        return meta, version, *_signed(signed, outer)
    binary = binary_form.read_binary(signed)
    return meta, binary.version, binary.signature, binary.message


def _parts(
    outer: json_shapes.TransactionWithMeta,
) -> tuple[json_shapes.TransactionMeta, int | str | None, json_shapes.Signed | tuple[str, ...] | str]:
    meta, version, signed = outer.meta, outer.version, outer.transaction
    if isinstance(signed, json_shapes.Signed) and signed.transaction is not None:
        meta, version, signed = signed.meta or meta, signed.version, signed.transaction
    if signed is None:
        raise Undecodable("no transaction in it (is it a block?)")
    if meta is None:
        raise Undecodable("transaction without meta: what it did is not known")
    return meta, version, signed


def _signed(
    signed: json_shapes.Signed, outer: json_shapes.TransactionWithMeta
) -> tuple[str, json_shapes.Message]:
    signature = signed.signatures[0] if signed.signatures else outer.signature
    if not signature:
        raise Undecodable("transaction without a signature")
    return signature, signed.message or json_shapes.Message(keys=signed.keys or ())


def _keys(message: json_shapes.Message, meta: json_shapes.TransactionMeta) -> tuple[tuple[str, ...], int]:
    """All keys, and how many of the first have signed."""
    keys, header, loaded = message.keys, message.header, meta.loaded
    if header is None:
        signers = sum([isinstance(key, json_shapes.ParsedKey) and key.signer for key in keys]) or 1
        addresses = tuple([key if isinstance(key, str) else key.address for key in keys])
    else:
        signers = header.signers
        addresses = _plain(keys)
    if loaded is not None and json_shapes.ParsedKey is not type(keys[0] if keys else None):
        addresses += loaded.writable + loaded.readonly
    count = len(meta.pre_lamports)
    if len(addresses) < count:
        addresses += tuple([f"{UNKNOWN}{index}" for index in range(len(addresses), count)])
    if not signers <= len(addresses) == count == len(meta.post_lamports) or not signers:
        raise Undecodable(f"{len(addresses)} accounts, {signers} signers, {count} balances: no match")
    return addresses, signers


def _plain(keys: tuple[str | json_shapes.ParsedKey, ...]) -> tuple[str, ...]:
    """The keys, which are all plain texts where a header says how many of them signed."""
    plain = cast("tuple[str, ...]", keys)
    try:
        "".join(plain)  # the fastest check that each is a text
    except TypeError:
        raise Undecodable("keys in two forms, or parsed ones beside a header") from None
    return plain


_NULL = msgspec.Raw(b"null")


def _err(meta: json_shapes.TransactionMeta) -> str | None:
    """The node's JSON about the failure, in its newer or older form."""
    err, status = meta.err, meta.status
    if status is not None and (err == _NULL or not err):
        err = status.err
    return bytes(err).decode("utf-8", "replace") if err and err != _NULL else None


def _indexed(calls: tuple[Instruction, ...], keys: tuple[str, ...]) -> tuple[Instruction, ...]:
    """The calls with their programs by index, as all forms but `jsonParsed` have them anyway."""
    if not calls or calls[0].program is None:
        return calls
    return tuple([_with_index(call, keys) for call in calls])


def _with_index(call: Instruction, keys: tuple[str, ...]) -> Instruction:
    """A program that is none of the accounts (some nodes write nonsense) gets the index after the last."""
    index = keys.index(call.program) if call.program in keys else len(keys)
    return msgspec.structs.replace(call, program_index=index)


def _indexed_inner(groups: tuple[InnerCalls, ...], keys: tuple[str, ...]) -> tuple[InnerCalls, ...]:
    if not groups or not groups[0].instructions or groups[0].instructions[0].program is None:
        return groups
    return tuple(
        [InnerCalls(index=group.index, instructions=_indexed(group.instructions, keys)) for group in groups]
    )
