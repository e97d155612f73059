"""How far transactions have come, as a node says: getSignatureStatuses, for many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chain.rpc.blocks import Rpc, Slot
from chain.rpc.errors import Broken

MAX_SIGNATURES = 256
"""Signatures that a node accepts in one request."""


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
        Broken: the answer has another shape.
    """
    config = {"searchTransactionHistory": True}  # else rooted ones are forgotten after some 150 blocks
    raw = await rpc.call("getSignatureStatuses", [list(signatures), config], avoid=avoid)
    try:
        answer = _ANSWER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"statuses of another shape: {error}", provider="node") from None
    if len(answer.value) != len(signatures):
        raise Broken("statuses of another number than was asked", provider="node")
    return Statuses(slot=answer.context.slot, statuses=tuple(answer.value))
