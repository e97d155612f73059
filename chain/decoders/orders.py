"""Orders: what goes into one waits there until somebody fills it, and comes back if nobody does. Pure."""

from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind


def kind(view: WalletView) -> Kind | None:
    """Opened or closed, by the wallet itself; None: nothing was ordered, or it was filled at once."""
    if not view.signed or view.is_exchange or not _is_for_orders(view):
        return None
    if view.paid:
        return Kind.ORDER_OPEN
    return Kind.ORDER_CLOSE if view.received and _is_alone(view) else None


def _is_for_orders(view: WalletView) -> bool:
    """A program for orders; a book only where nothing else was called: else it is a step of a trade."""
    return view.role is Role.ORDERS or (view.role is Role.BOOK and _is_alone(view))


def _is_alone(view: WalletView) -> bool:
    """Return whether there is no other venue: who fills orders of others has a gain from both."""
    return len(set(view.route.venues)) == 1
