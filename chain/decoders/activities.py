"""From a transaction to what each wallet did: balances say what moved, the decoders what it was. Pure.

balances.py (what an owner paid and received) + route.py (through which venues) + fees.py (who took a fee)
    -> a plain trade is decided at once -> anything else: meaning.py looks at the instructions, with a
    wallet_view.py for the decoders
"""

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from chain.decoders import nft, trade
from chain.decoders.assets import asset_legs
from chain.decoders.balances import NO_LEGS, Change, Legs, change_of, has_paid_pools, legs_of, supply_change
from chain.decoders.bounds import check_activity, check_names
from chain.decoders.costs import MAX_UNLISTED
from chain.decoders.fees import TIP_ACCOUNTS, KnownFees, known_fees
from chain.decoders.meaning import Meaning, meaning_of
from chain.decoders.programs import Role
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.route import Route, route_of
from chain.decoders.wallet_view import CallReading, WalletView
from chain.parsing.shown_amounts import Ratio, may_scale, shown_ratios
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.errors import Undecodable

_MAX_CACHED = 2048
"""Routes through bots kept."""
CONFLICTS = (LookupError, ArithmeticError, ValueError, RecursionError)
"""What a transaction may raise that names accounts it does not have, or the like; whatever reads it first."""


def as_shown(activities: Sequence[Activity], ratios: Mapping[str, Ratio]) -> list[Activity]:
    """The same activities; legs of tokens with a ratio say what is shown for them."""
    if not ratios:
        return [*activities]
    return [
        replace(
            one,
            paid=_scaled(one.paid, ratios),
            received=_scaled(one.received, ratios),
            from_order=_scaled(one.from_order, ratios),
            elsewhere=_scaled(one.elsewhere, ratios),
        )
        for one in activities
    ]


def _scaled(legs: tuple[Leg, ...], ratios: Mapping[str, Ratio]) -> tuple[Leg, ...]:
    return tuple([_scaled_leg(leg, ratios[leg.mint]) if leg.mint in ratios else leg for leg in legs])


def _scaled_leg(leg: Leg, ratio: Ratio) -> Leg:
    displayed_raw, raw = ratio
    return replace(leg, scaled=leg.raw * displayed_raw // raw)


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
    try:
        found = _of_wallets(transaction, chain, wallets, quote_mints)
        if found:
            check_names(transaction.signature, transaction.signers if wallets is None else ())
        for one in found:
            check_activity(one)
    except CONFLICTS as error:
        raise Undecodable(f"accounts and amounts that contradict each other: {error}") from error
    return found


def _of_wallets(
    transaction: Transaction, chain: str, wallets: Container[str] | None, quote_mints: frozenset[str]
) -> list[Activity]:
    signers = transaction.signers
    chosen = signers if wallets is None else mentioned(transaction, wallets)
    if not chosen:
        return []
    route, fees = route_of(transaction), known_fees(transaction)
    if fees.bot is not None:
        route = _through_bot(route, fees.bot)
    reading = CallReading(transaction)
    found = [_activity(reading, wallet, route, fees, chain, quote_mints) for wallet in chosen]
    if may_scale(transaction):
        found = as_shown(found, shown_ratios(transaction))
    if wallets is not None:
        found = [one for one in found if one.paid or one.received or one.wallet in signers]
    return found


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


@lru_cache(_MAX_CACHED)
def _through_bot(route: Route, bot: str) -> Route:
    """The route of a trade by a bot without a program, which is known by the account that took its fee."""
    if route.venue is None or bot in route.venues:
        return route
    return replace(route, venue=bot, venues=(bot, *route.venues))


def _activity(
    reading: CallReading, wallet: str, route: Route, fees: KnownFees, chain: str, quote_mints: frozenset[str]
) -> Activity:
    transaction = reading.transaction
    change = change_of(transaction, wallet)
    paid, received = legs = _legs(transaction, wallet, change, route)
    kind, more = Kind.OTHER, None
    if paid and received and _is_plain_trade(transaction, wallet, legs, route, fees):
        kind = trade.trade_kind(paid, received, quote_mints)
    elif paid or received:
        more = meaning_of(WalletView(reading, wallet, paid, received, route, quote_mints))
        kind, paid, received = more.kind, more.paid, more.received
    is_payer = wallet == transaction.keys[0]
    found = Activity(
        chain=chain,
        signature=transaction.signature,
        slot=transaction.slot or 0,
        block_time=transaction.block_time,
        wallet=wallet,
        is_signer=wallet in transaction.signers,
        kind=kind,
        paid=paid,
        received=received,
        fee=transaction.fee if is_payer else 0,
        rent=change.rent,
        tip=_own_tip(reading, wallet, fees.tip) if fees.tip else 0,
        venue_fee=fees.venue_fee if is_payer else 0,
        venue=route.venue,
        route=route.venues,
        position=transaction.position,
    )
    return found if more is None else _with_meaning(found, more)


def _with_meaning(found: Activity, meaning: Meaning) -> Activity:
    """With what only the instructions say."""
    return replace(
        found,
        from_order=meaning.from_order,
        counterparty=meaning.counterparty,
        recipients=meaning.recipients,
        elsewhere=meaning.elsewhere,
        elsewhere_to=meaning.elsewhere_to,
        bridge=meaning.bridge,
    )


def _is_mint(transaction: Transaction, wallet: str) -> bool:
    """Whether it is no wallet but a token, which signs where it is made and is given its rent."""
    for balance in transaction.post_tokens:  # noqa: SIM110 - a generator takes longer
        if balance.mint == wallet:
            return True
    return False


_SELLS = frozenset({Role.ROUTER, Role.LAUNCH, Role.BOT, Role.BOOK, Role.ORDERS})
"""Where an exchange is a trade even if tokens were minted or burned."""
_OTHER_KINDS = frozenset({Role.NFT, Role.STAKING, Role.LENDING, Role.PERPETUALS, Role.BRIDGE, Role.VAULT})
"""Where an exchange may be of another kind than a trade."""


def _legs(transaction: Transaction, wallet: str, change: Change, route: Route) -> Legs:
    """What went out and came in, with the assets that have no token accounts; nothing for a mint."""
    legs = NO_LEGS if wallet != transaction.keys[0] and _is_mint(transaction, wallet) else legs_of(change)
    if not route.has_assets:
        return legs
    given, got = asset_legs(transaction, wallet)
    return legs[0] + given, legs[1] + got


def _may_be_costs(paid: tuple[Leg, ...], fees: KnownFees) -> bool:
    """Whether the SOL that was paid is so little that it may be nothing but tips and fees."""
    known = fees.tip + fees.venue_fee
    limit = max(MAX_UNLISTED, known) if len(paid) == 1 else known
    return paid[0].mint == SOL and paid[0].raw <= limit


def _own_tip(reading: CallReading, wallet: str, tip: int) -> int:
    """What of the tips the wallet gave: all, where no other signer has less SOL than before."""
    transaction, signers = reading.transaction, reading.transaction.signer_count
    pre, post = transaction.pre_lamports, transaction.post_lamports
    if signers == 1 or not any(post[at] < pre[at] for at in range(1, signers)):
        return tip if wallet == transaction.keys[0] else 0
    flows = reading.flows
    given = [move.raw for move in flows.paid_by(wallet) if flows.owner_of(move.target) in TIP_ACCOUNTS]
    return min(tip, sum(given))


def _is_plain_trade(transaction: Transaction, wallet: str, legs: Legs, route: Route, fees: KnownFees) -> bool:
    """Whether an exchange can be nothing but a trade, so that its instructions need not be read."""
    paid, received = legs
    if route.role in _OTHER_KINDS or route.bridge is not None:
        return False
    if _may_be_costs(paid, fees) and not has_paid_pools(transaction, payer=wallet, mint=received[0].mint):
        return False
    supply_matters = route.role not in _SELLS
    for leg in paid + received:
        if leg.raw == 1 and nft.is_single(leg):
            return False
        if supply_matters and leg.mint != SOL and supply_change(transaction, leg.mint):
            return False
    return True
