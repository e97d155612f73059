"""Interprets a transaction for one wallet where balances alone do not suffice. Pure.

Costs are set apart first; then the decoders are asked in order, of which the first that knows says the kind;
then the trades that balances hide are looked for.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from chain.decoders import (
    bridge,
    creation,
    filled_orders,
    lending,
    liquidity,
    nft,
    orders,
    positions,
    staking,
    supply,
    trade,
    transfer,
)
from chain.decoders.assets import other_side
from chain.decoders.balances import has_paid_pools
from chain.decoders.bargains import bargain_for_another, sale_below_costs
from chain.decoders.costs import (
    costs_of,
    given_rent,
    inherited_rent,
    lamports_in,
    less_sol,
    returned_rent,
    without_sol,
)
from chain.decoders.filled_orders import legs_from_seat
from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind, Leg

DECODERS: tuple[Callable[[WalletView], Kind | None], ...] = (
    bridge.kind,
    lending.kind,
    orders.kind,
    liquidity.kind,
    staking.kind,
    positions.kind,
    supply.kind,
    nft.kind,
    trade.kind,
    creation.kind,
    transfer.kind,
)
"""In this order; the first that knows decides."""

_TRANSFERS = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT})
_TRADING = frozenset({Role.AMM, Role.LAUNCH, Role.BOOK, Role.ROUTER, Role.BOT})
_CLOSING = _TRADING | {Role.ORDERS, Role.LENDING, Role.PERPETUALS, Role.BRIDGE}
"""Programs whose accounts give their rent back when they are closed."""
_KEPT = frozenset({Role.ORDERS, Role.PERPETUALS})
"""Where keepers close what somebody opened, and give the rent back to him."""


class Meaning(Struct, frozen=True, gc=False):
    """What it was, and what counts as paid and received."""

    kind: Kind
    paid: tuple[Leg, ...]
    received: tuple[Leg, ...]
    from_order: tuple[Leg, ...] = ()
    counterparty: str | None = None
    recipients: int = 1
    elsewhere: tuple[Leg, ...] = ()
    elsewhere_to: str | None = None
    bridge: str | None = None


def meaning_of(view: WalletView) -> Meaning:
    """Return what the wallet did, as far as anybody can tell.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    ordered = filled_orders.order_legs(view) if view.route.ordered else ()
    if ordered:
        return _from_seat(replace(view, received=filled_orders.bought_legs(view)), ordered)
    net = _without_costs(view)
    seat = legs_from_seat(net) if net.role is Role.BOOK else ()
    if seat:
        return _from_seat(net, seat)
    kind = _kind_of(net)
    hidden = _hidden_trade(view, net) if kind in {Kind.OTHER, Kind.TRANSFER_OUT} else None
    if hidden is not None:
        return hidden
    if kind not in _TRANSFERS:
        return Meaning(kind, net.paid, net.received)
    return Meaning(
        kind,
        net.paid,
        net.received,
        counterparty=_counterparty(net),
        recipients=transfer.recipients(net),
        bridge=bridge.bridge_of(net),
    )


def _from_seat(view: WalletView, ordered: tuple[Leg, ...]) -> Meaning:
    kind = trade.trade_kind(ordered, view.received, view.quote_mints)
    return Meaning(kind, view.paid, view.received, from_order=ordered)


def _kind_of(view: WalletView) -> Kind:
    if not view.paid and not view.received:
        is_payer = view.wallet == view.transaction.payer
        return (creation.kind(view) if is_payer else None) or Kind.OTHER
    kinds = (decode(view) for decode in DECODERS)
    return next((kind for kind in kinds if kind is not None), Kind.OTHER)


def _hidden_trade(view: WalletView, net: WalletView) -> Meaning | None:
    sale = sale_below_costs(view)
    if sale is not None:
        return Meaning(trade.trade_kind(sale.paid, sale.received, view.quote_mints), sale.paid, sale.received)
    gift = bargain_for_another(net)
    if gift is None:
        return None
    kind = trade.trade_kind(gift.paid, gift.received, view.quote_mints)
    return Meaning(kind, gift.paid, (), elsewhere=gift.received, elsewhere_to=gift.received_by)


def _counterparty(view: WalletView) -> str | None:
    legs = view.paid or view.received
    singles = [leg.mint for leg in legs if nft.is_single(leg)]
    asset = other_side(view.transaction, view.wallet, singles[0]) if len(singles) == 1 else None
    return asset or transfer.counterparty(view)


def _without_costs(view: WalletView) -> WalletView:
    """The same view without the SOL that only had the transaction done."""
    if view.role is Role.STAKING:
        return view
    if view.is_exchange:
        return _unpaid_for(view)
    if lamports_in(view.paid):
        is_trade = view.role in _TRADING and bool(without_sol(view.paid))
        return replace(view, paid=less_sol(view.paid, costs_of(view, is_trade=is_trade).total))
    if lamports_in(view.received):
        return replace(view, received=_without_rent(view))
    return view


def _without_rent(view: WalletView) -> tuple[Leg, ...]:
    """Return what came in without rent: of accounts that were just opened, and what closed ones gave back."""
    if view.wallet in view.flows.opened:
        return without_sol(view.received)
    returned = returned_rent(view) if view.role in _CLOSING else 0
    if view.signed and returned:
        return less_sol(view.received, given_rent(view) + returned)
    if view.role in _KEPT and lamports_in(view.received) <= returned:
        return without_sol(view.received)
    return less_sol(view.received, given_rent(view) + inherited_rent(view))


def _unpaid_for(view: WalletView) -> WalletView:
    """An exchange without its SOL, where all of that were costs: then nothing was bought with it."""
    lamports = lamports_in(view.paid)
    if not lamports or has_paid_pools(view.transaction, payer=view.wallet, mint=view.received[0].mint):
        return view
    if lamports > costs_of(view, is_trade=True).total:
        return view
    return replace(view, paid=without_sol(view.paid))
