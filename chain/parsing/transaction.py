"""One transaction in our own words, read from any shape a node gives it. Here foreign JSON ends.

The shapes: a getTransaction result, an element of getBlock's transactions, the payload of a
transactionNotification, or the whole answer or notification around one of these; `json`,
`jsonParsed`, `base64` and `base58`; legacy, v0 and v1; of any year.
"""

from typing import Final, cast

import msgspec

from chain.parsing import binary_form, json_shapes
from chain.parsing.json_shapes import InnerCalls, Instruction, TokenBalance
from domain.errors import Undecodable

UNKNOWN: Final = "?"
"""Begins the name of an account or owner that the node did not tell."""

_DEEPEST_WRAPPING = 4


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction was and what it did; amounts in lamports and in tokens' smallest units."""

    signature: str
    slot: int | None
    block_time: int | None
    """Unix seconds; None: not told."""
    position: int | None
    """Its place in its block, from 0; None: not told."""
    version: int | str | None
    failed: bool
    err: str | None
    """The node's JSON about why it failed; None: it did not."""
    fee: int
    keys: tuple[str, ...]
    """All accounts, those of look-up tables last; one the node did not tell is `?` and its place."""
    signer_count: int
    """The first so many keys have signed; the first of all pays the fee."""
    pre_lamports: tuple[int, ...]
    post_lamports: tuple[int, ...]
    pre_tokens: tuple[TokenBalance, ...]
    post_tokens: tuple[TokenBalance, ...]
    instructions: tuple[Instruction, ...]
    inner: tuple[InnerCalls, ...]
    """What each instruction called in its turn."""
    source: bytes | msgspec.Raw
    """The node's JSON, from which what the programs were told is read when asked for."""

    @property
    def payer(self) -> str:
        """The account that paid the network fee."""
        return self.keys[0]

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signed, the payer first."""
        return self.keys[: self.signer_count]


def read_transaction(
    raw: bytes | msgspec.Raw,
    *,
    slot: int | None = None,
    block_time: int | None = None,
    position: int | None = None,
) -> Transaction:
    """The transaction in `raw`; slot, time and position are used where `raw` does not tell them.

    Raises:
        Undecodable: and nothing else, whatever the bytes are.
    """
    envelope, source = _opened(raw)
    meta, version, signed = _parts(envelope)
    if isinstance(signed, json_shapes.Signed):
        signature, message = _signed(signed, envelope)
    else:
        unpacked = binary_form.unpack(signed)
        signature, version, message = unpacked.signature, unpacked.version, unpacked.message
    keys, signer_count = _keys(message, meta)
    err = _err(meta)
    return Transaction(
        signature=signature,
        slot=slot if envelope.slot is None else envelope.slot,
        block_time=block_time if envelope.block_time is None else envelope.block_time,
        position=position if envelope.position is None else envelope.position,
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


_envelope = msgspec.json.Decoder(json_shapes.Envelope, strict=False).decode


def _opened(raw: bytes | msgspec.Raw) -> tuple[json_shapes.Envelope, bytes | msgspec.Raw]:
    """The envelope in `raw`, out of a node's whole answer or notification if it is in one."""
    try:
        envelope = _envelope(raw)
        wrappings = 0
        while envelope.transaction is None and wrappings < _DEEPEST_WRAPPING:
            raw = envelope.result or envelope.params
            if not raw:
                break
            envelope = _envelope(raw)
            wrappings += 1
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.complaint("transaction", raw, error)) from error
    return envelope, raw


def _parts(
    envelope: json_shapes.Envelope,
) -> tuple[json_shapes.Outcome, int | str | None, json_shapes.Signed | tuple[str, ...] | str]:
    meta, version, signed = envelope.meta, envelope.version, envelope.transaction
    if isinstance(signed, json_shapes.Signed) and signed.transaction is not None:
        meta, version, signed = signed.meta or meta, signed.version, signed.transaction
    if signed is None:
        raise Undecodable("no transaction in it (is it a block?)")
    if meta is None:
        raise Undecodable("transaction without meta: what it did is not known")
    return meta, version, signed


def _signed(signed: json_shapes.Signed, envelope: json_shapes.Envelope) -> tuple[str, json_shapes.Message]:
    signature = signed.signatures[0] if signed.signatures else envelope.signature
    if not signature:
        raise Undecodable("transaction without a signature")
    return signature, signed.message or json_shapes.Message(keys=signed.keys or ())


def _keys(message: json_shapes.Message, meta: json_shapes.Outcome) -> tuple[tuple[str, ...], int]:
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
        addresses += tuple([f"{UNKNOWN}{place}" for place in range(len(addresses), count)])
    if not signers <= len(addresses) == count == len(meta.post_lamports) or not signers:
        raise Undecodable(f"{len(addresses)} accounts, {signers} signers, {count} balances: no match")
    return addresses, signers


def _plain(keys: tuple[str | json_shapes.ParsedKey, ...]) -> tuple[str, ...]:
    """The keys, which are all plain texts where a header tells how many of them signed."""
    plain = cast("tuple[str, ...]", keys)
    try:
        "".join(plain)  # the quickest way to see that each is a text
    except TypeError:
        raise Undecodable("keys in two forms, or parsed ones beside a header") from None
    return plain


def _err(meta: json_shapes.Outcome) -> str | None:
    """The node's JSON about the failure, in its newer or older form."""
    err = meta.err
    if err is None and meta.status is not None:
        err = meta.status.get("Err")
    return None if err is None else msgspec.json.encode(err).decode()


def _indexed(calls: tuple[Instruction, ...], keys: tuple[str, ...]) -> tuple[Instruction, ...]:
    """The calls with their programs by place, as all forms but `jsonParsed` have them anyway."""
    if not calls or calls[0].program is None:
        return calls
    return tuple([_by_place(call, keys) for call in calls])


def _by_place(call: Instruction, keys: tuple[str, ...]) -> Instruction:
    """A program that is none of the accounts (some nodes write nonsense there) stands after the last."""
    place = keys.index(call.program) if call.program in keys else len(keys)
    return msgspec.structs.replace(call, program_index=place)


def _indexed_inner(groups: tuple[InnerCalls, ...], keys: tuple[str, ...]) -> tuple[InnerCalls, ...]:
    if not groups or not groups[0].instructions or groups[0].instructions[0].program is None:
        return groups
    return tuple(
        [InnerCalls(index=group.index, instructions=_indexed(group.instructions, keys)) for group in groups]
    )
