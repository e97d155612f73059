"""From a transaction to what each wallet did: balances say what moved, the decoders what it was. Pure.

balances.py (what an owner gained and lost) + route.py (through which venues) + fees.py (who took a fee)
    -> legs.py (paid and received) -> the DECODERS in order, of which the first that knows says the kind
"""

from collections.abc import Callable, Container

from msgspec.structs import replace

from chain.decoders import creation, fill, liquidity, nft, staking, supply, trade, transfer
from chain.decoders.balances import change_of, supply_change
from chain.decoders.fees import KnownFees, known_fees
from chain.decoders.legs import legs_of
from chain.decoders.programs import Role
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.route import Route, route_of
from chain.decoders.wallet_view import WalletView
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, Activity, Kind, Leg

DECODERS: tuple[Callable[[WalletView], Kind | None], ...] = (
    liquidity.kind,
    staking.kind,
    supply.kind,
    nft.kind,
    trade.kind,
    creation.kind,
    transfer.kind,
)
"""In this order; the first that knows decides."""


def activities(
    transaction: Transaction,
    *,
    chain: str,
    wallets: Container[str] | None,
    quote_mints: frozenset[str] = QUOTE_MINTS,
) -> list[Activity]:
    """What each wallet did; nothing for a failed transaction.

    A signer has an activity even if nothing of his moved; another wallet only if something did.

    Args:
        transaction: what happened.
        chain: the name of the chain, for the activities.
        wallets: whose activities; None: those of every signer.
        quote_mints: the currencies in which prices are given.

    Raises:
        Undecodable: what the transaction did cannot be understood.
    """
    if transaction.failed:
        return []
    signers = transaction.signers
    chosen = signers if wallets is None else mentioned(transaction, wallets)
    if not chosen:
        return []
    route, fees = route_of(transaction), known_fees(transaction)
    if fees.bot is not None:
        route = _through_bot(route, fees.bot)
    found = [_activity(transaction, wallet, route, fees, chain, quote_mints) for wallet in chosen]
    if wallets is None:
        return found
    return [one for one in found if one.paid or one.received or one.wallet in signers]


def mentioned(transaction: Transaction, wallets: Container[str]) -> list[str]:
    """Those of `wallets` that the transaction mentions, as an account or as the owner of tokens."""
    found = [*filter(wallets.__contains__, transaction.keys)]
    for balance in transaction.pre_tokens:
        owner = balance.owner
        if owner in wallets and owner and owner not in found:
            found.append(owner)
    for balance in transaction.post_tokens:
        owner = balance.owner
        if owner in wallets and owner and owner not in found:
            found.append(owner)
    return found


def _through_bot(route: Route, bot: str) -> Route:
    """The route of a trade by a bot without a program, which is known by the account that took its fee."""
    if route.venue is None or bot in route.venues:
        return route
    return replace(route, venue=bot, venues=(bot, *route.venues))


def _activity(
    transaction: Transaction,
    wallet: str,
    route: Route,
    fees: KnownFees,
    chain: str,
    quote_mints: frozenset[str],
) -> Activity:
    change = change_of(transaction, wallet)
    paid, received = legs_of(change)
    counterparty: str | None = None
    from_order: tuple[Leg, ...] = ()
    kind = Kind.OTHER
    if paid and received and _is_plain_trade(transaction, paid + received, route.role):
        kind = trade.trade_kind(paid, received, quote_mints)
    elif paid or received:
        view = WalletView(transaction, wallet, paid, received, route.role, route.venue, quote_mints)
        from_order = fill.order_legs(view) if route.ordered else ()
        kind = trade.trade_kind(from_order, received, quote_mints) if from_order else _kind_of(view)
        counterparty = transfer.counterparty(view) if kind in _TRANSFERS else None
    is_payer = wallet == transaction.keys[0]
    return Activity(
        chain=chain,
        signature=transaction.signature,
        slot=transaction.slot or 0,
        block_time=transaction.block_time,
        wallet=wallet,
        kind=kind,
        paid=paid,
        received=received,
        from_order=from_order,
        counterparty=counterparty,
        fee=transaction.fee if is_payer else 0,
        rent=change.rent,
        tip=fees.tip if is_payer else 0,
        venue_fee=fees.venue_fee if is_payer else 0,
        venue=route.venue,
        route=route.venues,
        position=transaction.position,
    )


_TRANSFERS = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT})
_SELLS = frozenset(
    {Role.ROUTER, Role.LAUNCH, Role.BOT, Role.BOOK, Role.ORDERS, Role.LENDING, Role.PERPETUALS}
)
"""Where an exchange is a trade even if tokens were minted or burned."""
_OTHER_KINDS = frozenset({Role.NFT, Role.STAKING})
"""Where an exchange may be of another kind than a trade."""


def _is_plain_trade(transaction: Transaction, legs: tuple[Leg, ...], role: Role | None) -> bool:
    """Whether an exchange can be nothing but a trade, so that no other decoder need be asked."""
    if role in _OTHER_KINDS:
        return False
    supply_matters = role not in _SELLS
    for leg in legs:
        if leg.raw == 1 and nft.is_single(leg):
            return False
        if supply_matters and leg.mint != SOL and supply_change(transaction, leg.mint):
            return False
    return True


def _kind_of(view: WalletView) -> Kind:
    kinds = (decode(view) for decode in DECODERS)
    return next((kind for kind in kinds if kind is not None), Kind.OTHER)
