"""Transfers: something went out or came in, and nothing for it."""

from chain.decoders.balances import deltas
from chain.decoders.fees import TIP_ACCOUNTS
from chain.decoders.programs import Role
from chain.decoders.wallet_view import Scene
from domain.activity.activity import SOL, Kind, Leg

_ARRANGES = frozenset({None, Role.VAULT, Role.BRIDGE, Role.NFT})
"""What may be called in a mere transfer; None: nothing, or a program nobody knows."""


def kind(scene: Scene) -> Kind | None:
    """Which way the transfer went; None: it went both ways, or a venue kept what was paid."""
    if scene.both_ways or (scene.signed and scene.role not in _ARRANGES):
        return None
    if scene.received:
        return Kind.TRANSFER_IN
    return Kind.TRANSFER_OUT if scene.paid and not _is_rent(scene) else None


def _is_rent(scene: Scene) -> bool:
    """Whether SOL went into nothing but accounts that a program has just opened."""
    if scene.venue is None or any(leg.mint != SOL for leg in scene.paid):
        return False
    before = dict(zip(scene.transaction.keys, scene.transaction.pre_lamports, strict=True))
    gained = [owner for owner, moved in deltas(scene.transaction).items() if moved.get(SOL, 0) > 0]
    return bool(gained) and not any(before.get(owner, 0) for owner in gained)


def counterparty(scene: Scene) -> str | None:
    """The one other owner who gained what the wallet lost, or the reverse; None: not exactly one."""
    sign = 1 if scene.paid else -1
    mints = _main_mints(scene.paid or scene.received)
    others = {
        owner
        for owner, moved in deltas(scene.transaction).items()
        if owner != scene.wallet and owner not in TIP_ACCOUNTS and _moved(moved, mints, sign)
    }
    return others.pop().lstrip("?") if len(others) == 1 else None


def _main_mints(legs: tuple[Leg, ...]) -> set[str]:
    """The tokens; SOL only if nothing else moved, for it also pays rent."""
    mints = {leg.mint for leg in legs}
    return mints - {SOL} or mints


def _moved(moved: dict[str, int], mints: set[str], sign: int) -> bool:
    return any(moved.get(mint, 0) * sign > 0 for mint in mints)
