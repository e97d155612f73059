"""Bridges: what leaves for another chain is sent, what comes is received, though burned and minted. Pure.

Who only carries the message (a relayer) sends and receives nothing.
"""

from chain.decoders.instructions import Operation
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind

_OF_TOKENS = "Wormhole"
"""Tokens have programs of their own there, which are known by their instructions."""
_CROSSINGS = frozenset({Operation.BRIDGE_IN, Operation.BRIDGE_OUT})


def kind(view: WalletView) -> Kind | None:
    """In or out, where a bridge was called; what is exchanged on the way makes nobody a trader."""
    if bridge_of(view) is None:
        return None
    if view.is_exchange:
        is_sent = view.signed and Operation.BRIDGE_OUT in view.operations
        return Kind.TRANSFER_OUT if is_sent else Kind.OTHER
    if view.paid:
        return Kind.TRANSFER_OUT
    return Kind.TRANSFER_IN if view.received else None


def bridge_of(view: WalletView) -> str | None:
    """The name of the bridge that was called; None: none was."""
    if view.route.bridge is not None or view.role is not None or view.venue is None:
        return view.route.bridge
    return _OF_TOKENS if view.operations & _CROSSINGS else None
