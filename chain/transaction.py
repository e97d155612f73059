"""One transaction in our own words, read from any shape a node gives it. Here foreign JSON ends.

The shapes: a getTransaction result, an element of getBlock's transactions, the payload of a
transactionNotification, or the whole answer or notification around one of these; `json`,
`jsonParsed`, `base64` and `base58`; legacy, v0 and v1; of any year.
"""

from typing import Final, cast

import msgspec

from chain import packed, wire
from chain.wire import InnerCalls, Instruction, TokenBalance
from domain.errors import Undecodable

UNKNOWN: Final = "?"
"""Begins the name of an account or owner that the node did not tell."""

_DEEPEST_WRAPPING = 4


class Call(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One program's turn, in the order in which the programs ran."""

    program: str
    depth: int
    """1: called by the transaction itself."""
    instruction: Instruction


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

    @property
    def payer(self) -> str:
        """The account that paid the network fee."""
        return self.keys[0]

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signed, the payer first."""
        return self.keys[: self.signer_count]

    def program(self, instruction: Instruction) -> str:
        """The address of the program that `instruction` calls; `?` where it cannot be told."""
        index = instruction.program_index
        if index is None:
            return instruction.program or UNKNOWN
        return self.keys[index] if index < len(self.keys) else UNKNOWN

    def calls(self) -> list[Call]:
        """Every call, of the transaction and of the programs, in the order in which they ran."""
        inner = {group.index: group.instructions for group in self.inner}
        return [
            Call(program=self.program(call), depth=depth, instruction=call)
            for index, instruction in enumerate(self.instructions)
            for call, depth in _turn(instruction, inner.get(index, ()))
        ]


def _turn(outer: Instruction, inner: tuple[Instruction, ...]) -> list[tuple[Instruction, int]]:
    """An instruction with what it called; where the depth was not told, all is called by it."""
    return [(outer, 1), *((call, call.depth or 2) for call in inner)]


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
    envelope = _opened(raw)
    meta, version, signed = _parts(envelope)
    if not isinstance(signed, wire.Signed):
        unpacked = packed.unpack(signed)
        signature, version, message = unpacked.signature, unpacked.version, unpacked.message
    else:
        signature = signed.signatures[0] if signed.signatures else envelope.signature or ""
        message = signed.message or wire.Message(keys=signed.keys or ())
    if not signature:
        raise Undecodable("transaction without a signature")
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
        pre_tokens=_placed(meta.pre_tokens, keys),
        post_tokens=_placed(meta.post_tokens, keys),
        instructions=message.instructions,
        inner=meta.inner or (),
    )


_envelope = msgspec.json.Decoder(wire.Envelope, strict=False).decode


def _opened(raw: bytes | msgspec.Raw) -> wire.Envelope:
    """The envelope in `raw`, out of a node's whole answer or notification if it is in one."""
    for _ in range(_DEEPEST_WRAPPING):
        try:
            envelope = _envelope(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Undecodable(f"not a transaction: {error}") from error
        inside = envelope.result or envelope.params
        if not inside:
            return envelope
        raw = inside
    raise Undecodable("not a transaction: answers within answers")


def _parts(
    envelope: wire.Envelope,
) -> tuple[wire.Outcome, int | str | None, wire.Signed | tuple[str, ...] | str]:
    meta, version, signed = envelope.meta, envelope.version, envelope.transaction
    if isinstance(signed, wire.Signed) and signed.transaction is not None:
        meta, version, signed = signed.meta or meta, signed.version, signed.transaction
    if signed is None:
        raise Undecodable("no transaction: the node answered nothing")
    if meta is None:
        raise Undecodable("transaction without meta: what it did is not known")
    return meta, version, signed


def _keys(message: wire.Message, meta: wire.Outcome) -> tuple[tuple[str, ...], int]:
    """All keys, and how many of the first have signed."""
    keys, header = message.keys, message.header
    if wire.ParsedKey in map(type, keys):
        signers = sum([isinstance(key, wire.ParsedKey) and key.signer for key in keys])
        addresses = tuple([key if isinstance(key, str) else key.address for key in keys])
    else:
        signers = header.signers if header is not None else 1
        loaded = meta.loaded
        plain = keys + loaded.writable + loaded.readonly if loaded is not None else keys
        addresses = cast("tuple[str, ...]", plain)
    count = len(meta.pre_lamports)
    if len(addresses) < count:
        addresses += tuple([f"{UNKNOWN}{place}" for place in range(len(addresses), count)])
    if not signers <= len(addresses) == count == len(meta.post_lamports) or not signers:
        raise Undecodable(f"{len(addresses)} accounts, {signers} signers, {count} balances: no match")
    return addresses, signers


def _placed(balances: tuple[TokenBalance, ...] | None, keys: tuple[str, ...]) -> tuple[TokenBalance, ...]:
    """The balances, each on one of the transaction's accounts."""
    if not balances:
        return ()
    count = len(keys)
    for balance in balances:
        if balance.account >= count:
            raise Undecodable(f"token balance on account {balance.account} of {count}")
    return balances


def _err(meta: wire.Outcome) -> str | None:
    """The node's JSON about the failure, in its newer or older form."""
    err = bytes(meta.err)
    if not err and meta.status is not None:
        err = bytes(meta.status.get("Err", b""))
    return err.decode("utf-8", "replace") if err not in (b"", b"null") else None
