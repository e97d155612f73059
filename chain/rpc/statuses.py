"""How far transactions have come, as a node says: asked with getSignatureStatuses, for many together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chain.rpc.blocks import Rpc
from chain.rpc.errors import Broken

MAX_SIGNATURES = 256
"""Signatures in one request, as nodes take them."""


class SignatureStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of a transaction that a node knows."""

    slot: int
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
    """How far the node had come."""
    statuses: tuple[SignatureStatus | None, ...]
    """In the order of the question; None: it does not know it."""


class _Context(msgspec.Struct):
    slot: int


class _Answer(msgspec.Struct):
    context: _Context
    value: list[SignatureStatus | None]


_ANSWER = msgspec.json.Decoder(_Answer)


async def signature_statuses(rpc: Rpc, signatures: Sequence[str], *, avoid: Collection[str] = ()) -> Statuses:
    """The statuses of up to `MAX_SIGNATURES` transactions, however old; a provider in `avoid` is not asked.

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
