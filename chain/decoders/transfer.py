"""Transfers: something went out or came in, and nothing for it. Pure."""

from chain.decoders.balances import deltas
from chain.decoders.fees import FEE_RECIPIENTS
from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, Kind, Leg

_ARRANGES = frozenset({None, Role.VAULT, Role.BRIDGE, Role.NFT, Role.STAKING, Role.CLAIM})
"""Programs that a mere transfer may call; None: none, or an unknown one."""


def kind(view: WalletView) -> Kind | None:
    """In or out; None: something was exchanged, or it was a tip or a fee, or a venue kept what was paid."""
    if view.is_exchange or (view.signed and view.role not in _ARRANGES):
        return None
    if view.wallet in FEE_RECIPIENTS and not view.signed:
        return None
    if view.received:
        return Kind.TRANSFER_IN
    return Kind.TRANSFER_OUT if view.paid and not _is_rent(view) else None


def _is_rent(view: WalletView) -> bool:
    """Return whether SOL went into nothing but accounts that a program has just opened."""
    if view.venue is None or any(leg.mint != SOL for leg in view.paid):
        return False
    before = dict(zip(view.transaction.keys, view.transaction.pre_lamports, strict=True))
    gained = [owner for owner, moved in deltas(view.transaction).items() if moved.get(SOL, 0) > 0]
    return bool(gained) and not any(before.get(owner, 0) for owner in gained)


def counterparty(view: WalletView) -> str | None:
    """The one other owner who gained what the wallet lost, or the reverse; None: not exactly one."""
    sign = 1 if view.paid else -1
    mints = _main_mints(view.paid or view.received)
    others = {
        owner
        for owner, moved in deltas(view.transaction).items()
        if owner != view.wallet and owner not in FEE_RECIPIENTS and _moved(moved, mints, sign)
    }
    return others.pop().lstrip("?") if len(others) == 1 else None


def recipients(view: WalletView) -> int:
    """How many owners got at once what the wallet got, itself included; 1: it got nothing, or nobody else."""
    mints = _main_mints(view.received)
    moved = deltas(view.transaction)
    others = [owner for owner in moved if owner != view.wallet and owner not in FEE_RECIPIENTS]
    return 1 + sum(_moved(moved[owner], mints, 1) for owner in others) if view.received else 1


def _main_mints(legs: tuple[Leg, ...]) -> set[str]:
    """The tokens; SOL only if nothing else moved, for it also pays rent."""
    mints = {leg.mint for leg in legs}
    return mints - {SOL} or mints


def _moved(moved: dict[str, int], mints: set[str], sign: int) -> bool:
    return any(moved.get(mint, 0) * sign > 0 for mint in mints)
