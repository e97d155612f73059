"""Whether one watch wants one activity, and which gate decided. Pure: the same facts give the same answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.activity import SOL, TRADES, Activity, Kind
from domain.watches import Watch

DUST_LAMPORTS = 1_000_000
"""An incoming transfer of less SOL than this (0.001) is noise: look-alike addresses send it to be copied."""

TOLD_BY_DEFAULT = TRADES | {
    Kind.TRANSFER_IN,
    Kind.TRANSFER_OUT,
    Kind.MINT,
    Kind.BURN,
    Kind.STAKE,
    Kind.UNSTAKE,
    Kind.LIQUIDITY_ADD,
    Kind.LIQUIDITY_REMOVE,
    Kind.NFT_TRADE,
    Kind.CREATE,
}


class Gate(StrEnum):
    """What decided. Every gate but `WANTED` says no."""

    WANTED = "wanted"
    CHAT_CLOSED = "chat_closed"
    """The chat blocked the bot or is gone."""
    BEFORE_WATCH = "before_watch"
    """It was seen before the chat followed the wallet."""
    MUTED = "muted"
    KIND_OFF = "kind_off"
    DUST = "dust"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether an activity is to be delivered, with the gate that decided."""

    gate: Gate

    @property
    def wanted(self) -> bool:
        """Whether the chat gets a message."""
        return self.gate is Gate.WANTED


def decide(watch: Watch, activity: Activity, *, seen_at: datetime, now: datetime) -> Decision:
    """Pass the activity, stored at `seen_at`, through the gates; the first that says no decides."""
    if watch.chat_closed:
        return Decision(gate=Gate.CHAT_CLOSED)
    if seen_at < watch.created_at:
        return Decision(gate=Gate.BEFORE_WATCH)
    if watch.muted_until is not None and now < watch.muted_until:
        return Decision(gate=Gate.MUTED)
    if activity.kind not in TOLD_BY_DEFAULT:
        return Decision(gate=Gate.KIND_OFF)
    if _is_dust(activity):
        return Decision(gate=Gate.DUST)
    return Decision(gate=Gate.WANTED)


def _is_dust(activity: Activity) -> bool:
    return activity.kind is Kind.TRANSFER_IN and all(
        leg.mint == SOL and leg.raw < DUST_LAMPORTS for leg in activity.received
    )
