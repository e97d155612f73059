"""Buy, sell, swap: something went out and something else came in, whatever the venue. Pure."""

from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind, Leg


def kind(view: WalletView) -> Kind | None:
    """Buy, sell or swap; None: nothing was exchanged."""
    if not (view.paid and view.received):
        return None
    return trade_kind(view.paid, view.received, view.quote_mints)


def trade_kind(paid: tuple[Leg, ...], received: tuple[Leg, ...], quote_mints: frozenset[str]) -> Kind:
    """Return which trade it is to give `paid` for `received`.

    Args:
        paid: what went out.
        received: what came in.
        quote_mints: the currencies in which prices are given.
    """
    gave_quote = _all_in(quote_mints, paid)
    if gave_quote is _all_in(quote_mints, received):
        return Kind.SWAP
    return Kind.BUY if gave_quote else Kind.SELL


def _all_in(quote_mints: frozenset[str], legs: tuple[Leg, ...]) -> bool:
    for leg in legs:  # noqa: SIM110 - a generator takes longer than the few legs there are
        if leg.mint not in quote_mints:
            return False
    return True
