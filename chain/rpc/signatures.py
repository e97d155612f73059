"""Signatures of an address, and the status of signatures."""

import base64
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from solders.transaction import VersionedTransaction

from chain.parsing.json_shapes import Count, ReadSignature
from chain.rpc.blocks import Rpc, Slot, at_least_confirmed
from chain.rpc.errors import NotYet, Rejected, Skipped, UnusableAnswer
from chain.rpc.pool import RpcPool
from domain.errors import NodeUnavailable

PAGE = 1_000
"""Signatures that a node lists at once."""
MAX_PAGES = 10
"""Of the latest signatures of one address."""
_NULL = b"null"
MAX_SIGNATURES = 256
"""Signatures that a node accepts in one request."""


class ListedSignature(msgspec.Struct, frozen=True):
    """A transaction that mentions an address: `{"signature":"26LC","slot":9,"err":null,"blockTime":5}`."""

    signature: ReadSignature
    slot: Count
    err: msgspec.Raw = msgspec.Raw(_NULL)
    block_time: Count | None = msgspec.field(name="blockTime", default=None)
    """Unix seconds; None: the node does not say."""

    @property
    def failed(self) -> bool:
        """Whether the node says that it failed."""
        return bytes(self.err) != _NULL


async def signatures_between(
    rpc: RpcPool, address: str, *, after: int, upto: int, commitment: str
) -> list[ListedSignature]:
    """All transactions that mention an address in a range of slots, the newest first.

    It pages back until it comes to a slot at or below `after`, however many pages that takes.

    Args:
        rpc: the nodes.
        address: a wallet, or a token account.
        after: the slot above which the range begins.
        upto: the last slot of the range.
        commitment: of the list; `confirmed` in place of `processed`.

    Raises:
        NodeUnavailable: no provider answered, or none has come to `upto`.
    """
    found: dict[str, ListedSignature] = {}
    befores: list[str | None] = [None]
    while True:
        page = await _page(rpc, address, befores[-1], upto, commitment)
        if not page and len(befores) > 1:  # a fork may have taken the signature we continued from
            page = await _page(rpc, address, befores[-2], upto, commitment)
        found |= {one.signature: one for one in page}
        if len(page) < PAGE or page[-1].slot <= after or page[-1].signature == befores[-1]:
            return [one for one in found.values() if after < one.slot <= upto]
        befores += [page[-2].signature, page[-1].signature]


async def latest_signatures(
    rpc: RpcPool,
    address: str,
    *,
    upto: int,
    number: int,
    commitment: str,
    ask: Callable[[int], Awaitable[None]] | None = None,
) -> list[ListedSignature]:
    """The latest transactions that mention an address and took effect, up to a slot, the newest first.

    Args:
        rpc: the nodes.
        address: a wallet, or a token account.
        upto: the last slot.
        number: of transactions at most; fewer also where `MAX_PAGES` do not reach so far.
        commitment: of the list; `confirmed` in place of `processed`.
        ask: is called before each request, with their number; None: nobody counts them.

    Raises:
        NodeUnavailable: no provider answered, or none has come to `upto`.
    """
    found: list[ListedSignature] = []
    before: str | None = None
    for _ in range(MAX_PAGES):
        if ask is not None:
            await ask(1)
        page = await _page(rpc, address, before, upto, commitment)
        found += [one for one in page if one.slot <= upto and not one.failed]
        if len(found) >= number or len(page) < PAGE or page[-1].signature == before:
            break
        before = page[-1].signature
    return found[:number]


async def transactions(rpc: RpcPool, signatures: Sequence[str], *, commitment: str) -> list[bytes | None]:
    """Transactions with their meta, undecoded, in order; None: no node gave it (yet).

    Args:
        rpc: the nodes.
        signatures: of the transactions.
        commitment: of the transactions; `confirmed` in place of `processed`.
    """
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "json",
        "maxSupportedTransactionVersion": 1,
    }
    answers = await rpc.call_many("getTransaction", [[signature, config] for signature in signatures])
    return [
        None if isinstance(answer, Exception) or bytes(answer) == _NULL else bytes(answer)
        for answer in answers
    ]


async def _page(
    rpc: RpcPool, address: str, before: str | None, upto: int, commitment: str
) -> list[ListedSignature]:
    config: dict[str, Any] = {
        "limit": PAGE,
        "commitment": at_least_confirmed(commitment),
        "minContextSlot": upto,
    }
    if before is not None:
        config["before"] = before
    try:
        raw = await rpc.call("getSignaturesForAddress", [address, config])
    except NotYet as error:
        raise NodeUnavailable(f"no node lists signatures up to slot {upto} yet: {error}") from None
    page: list[ListedSignature] = _read(raw, list[ListedSignature])
    return page


def _read(raw: msgspec.Raw, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableAnswer(f"an answer of another shape: {error}", provider="node") from None


class _SignedForm(msgspec.Struct):
    """`{"transaction":["AbC=","base64"],"slot":9}`."""

    transaction: tuple[str, str]


async def is_signed(rpc: Rpc, signature: str, *, avoid: Collection[str] = ()) -> bool:
    """Return whether a node gives a transaction that its signers signed, with this as its first signature.

    No node can make up one that somebody else signed. It may still say something untrue of its effects.

    Args:
        rpc: the nodes.
        signature: of the transaction.
        avoid: names of providers that are not asked.
    """
    config = {"commitment": "confirmed", "encoding": "base64", "maxSupportedTransactionVersion": 1}
    try:
        raw = await rpc.call("getTransaction", [signature, config], avoid=avoid)
        form = msgspec.json.decode(raw, type=_SignedForm)
        signed = VersionedTransaction.from_bytes(base64.b64decode(form.transaction[0]))
        return str(signed.signatures[0]) == signature and all(signed.verify_with_results())
    except (NodeUnavailable, Skipped, Rejected, ValueError, IndexError):
        return False


class SignatureStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The status of a transaction that the node knows.

    `{"slot":9,"confirmations":null,"err":null,"confirmationStatus":"finalized"}`
    """

    slot: Slot
    err: Any = None
    confirmation_status: str | None = None
    """processed, confirmed or finalized; None: a node that is too old to say it, with a rooted slot."""

    @property
    def is_processed(self) -> bool:
        """Whether it may still die with its fork."""
        return self.confirmation_status == "processed"

    @property
    def failed(self) -> bool:
        """Whether it landed without effect."""
        return self.err is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """What one node said."""

    slot: int
    """The node's own slot when it answered."""
    statuses: tuple[SignatureStatus | None, ...]
    """In the order of the question; None: it does not know it."""


class _Context(msgspec.Struct):
    """`{"slot":9}`."""

    slot: Slot


class _Answer(msgspec.Struct):
    """`{"context":{"slot":9},"value":[null,{"slot":8,"err":null,"confirmationStatus":"confirmed"}]}`."""

    context: _Context
    value: list[SignatureStatus | None]


_ANSWER = msgspec.json.Decoder(_Answer)


async def signature_statuses(rpc: Rpc, signatures: Sequence[str], *, avoid: Collection[str] = ()) -> Statuses:
    """The statuses of transactions, however old.

    Args:
        rpc: the nodes.
        signatures: of up to `MAX_SIGNATURES` transactions.
        avoid: names of providers that are not asked.

    Raises:
        UnusableAnswer: the answer has another shape.
    """
    config = {"searchTransactionHistory": True}  # else rooted ones are forgotten after some 150 blocks
    raw = await rpc.call("getSignatureStatuses", [list(signatures), config], avoid=avoid)
    try:
        answer = _ANSWER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableAnswer(f"statuses of another shape: {error}", provider="node") from None
    if len(answer.value) != len(signatures):
        raise UnusableAnswer("statuses of another number than was asked", provider="node")
    return Statuses(slot=answer.context.slot, statuses=tuple(answer.value))
