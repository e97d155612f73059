"""From a transaction to what each wallet did: balances say what moved, decoders what it was."""

from collections.abc import Callable, Container

from msgspec import Struct
from msgspec.structs import replace

from chain.decoders import creation, fill, liquidity, nft, staking, supply, trade, transfer
from chain.decoders.balances import Change, change_of, sol_change, supply_change
from chain.decoders.fees import BOT_FEE_ACCOUNTS, FEE_TAKERS, TIP_ACCOUNTS
from chain.decoders.programs import Role
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.route import Way, way_of
from chain.decoders.wallet_view import Scene
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, SOL_DECIMALS, Activity, Kind, Leg

SMALL = 10_000_000
"""Lamports; beside a trade of token against token, a change up to this is rent or a tip, no leg of it."""

DECODERS: tuple[Callable[[Scene], Kind | None], ...] = (
    liquidity.kind,
    staking.kind,
    supply.kind,
    nft.kind,
    trade.kind,
    creation.kind,
    transfer.kind,
)
"""In this order; the first that knows decides."""

Legs = tuple[tuple[Leg, ...], tuple[Leg, ...]]


class Taken(Struct, frozen=True, gc=False):
    """Lamports that known accounts took from a transaction."""

    tip: int
    fee: int
    """Fees of venues and trading bots."""


_NOTHING = Taken(0, 0)


def activities(
    transaction: Transaction,
    *,
    chain: str,
    wallets: Container[str] | None,
    quote_mints: frozenset[str] = QUOTE_MINTS,
) -> list[Activity]:
    """What each of `wallets` (None: every signer) did; nothing for a failed transaction.

    A signer is told of even if nothing of his moved; another wallet only if something did.
    """
    if transaction.failed:
        return []
    signers = transaction.signers
    chosen = signers if wallets is None else touched(transaction, wallets)
    if not chosen:
        return []
    way, taken = _way_and_taken(transaction)
    found = [_activity(transaction, wallet, way, taken, chain, quote_mints) for wallet in chosen]
    if wallets is None:
        return found
    return [one for one in found if one.paid or one.received or one.wallet in signers]


def touched(transaction: Transaction, wallets: Container[str]) -> list[str]:
    """Those of `wallets` that the transaction names, as an account or as the owner of tokens."""
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


def _activity(
    transaction: Transaction, wallet: str, way: Way, taken: Taken, chain: str, quote_mints: frozenset[str]
) -> Activity:
    change = change_of(transaction, wallet)
    paid, received = legs_of(change)
    counterparty = None
    ordered: tuple[Leg, ...] = ()
    kind = Kind.OTHER
    if paid and received and _is_plain(transaction, paid + received, way.role):
        kind = trade.between(paid, received, quote_mints)
    elif paid or received:
        scene = Scene(transaction, wallet, paid, received, way.role, way.venue, quote_mints)
        ordered = fill.given(scene) if way.ordered else ()
        kind = trade.between(ordered, received, quote_mints) if ordered else _decoded(scene)
        if kind in _TRANSFERS:
            counterparty = transfer.counterparty(scene)
    pays = wallet == transaction.keys[0]
    return Activity(
        chain=chain,
        signature=transaction.signature,
        slot=transaction.slot or 0,
        block_time=transaction.block_time,
        wallet=wallet,
        kind=kind,
        paid=paid,
        received=received,
        from_order=ordered,
        counterparty=counterparty,
        fee=transaction.fee if pays else 0,
        rent=change.rent,
        tip=taken.tip if pays else 0,
        venue_fee=taken.fee if pays else 0,
        venue=way.venue,
        route=way.route,
        position=transaction.position,
    )


_TRANSFERS = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT})


def legs_of(change: Change) -> Legs:
    """What went out and what came in; SOL first."""
    paid: list[Leg] = []
    received: list[Leg] = []
    for mint, raw in change.tokens.items():
        if raw < 0:
            paid.append(Leg(mint=mint, raw=-raw, decimals=change.decimals[mint]))
        elif raw:
            received.append(Leg(mint=mint, raw=raw, decimals=change.decimals[mint]))
    lamports = change.lamports
    if lamports and not (paid and received and -SMALL <= lamports <= SMALL):
        side = paid if lamports < 0 else received
        side.insert(0, Leg(mint=SOL, raw=abs(lamports), decimals=SOL_DECIMALS))
    return tuple(paid), tuple(received)


_SELLS = frozenset(
    {Role.ROUTER, Role.LAUNCH, Role.BOT, Role.BOOK, Role.ORDERS, Role.LENDING, Role.PERPETUALS}
)
"""Where an exchange is a trade even if tokens were made or burned."""
_SPECIAL = frozenset({Role.NFT, Role.STAKING})


def _is_plain(transaction: Transaction, legs: tuple[Leg, ...], role: Role | None) -> bool:
    """Whether an exchange can be nothing but a trade, so that no other decoder need be asked."""
    if role in _SPECIAL:
        return False
    made = role not in _SELLS
    for leg in legs:
        if leg.raw == 1 and nft.is_single(leg):
            return False
        if made and leg.mint != SOL and supply_change(transaction, leg.mint):
            return False
    return True


def _decoded(scene: Scene) -> Kind:
    kinds = (decode(scene) for decode in DECODERS)
    return next((kind for kind in kinds if kind is not None), Kind.OTHER)


def _way_and_taken(transaction: Transaction) -> tuple[Way, Taken]:
    """The way, and what known accounts took.

    A trading bot that took a fee from a trade and has no program in it stands in front of the way.
    """
    way, takers = way_of(transaction), FEE_TAKERS.intersection(transaction.keys)
    if not takers:
        return way, _NOTHING
    gained = {taker: max(sol_change(transaction, taker), 0) for taker in takers}
    bot = next((BOT_FEE_ACCOUNTS[taker] for taker in takers & BOT_FEE_ACCOUNTS.keys() if gained[taker]), None)
    if bot is not None and way.venue is not None and bot not in way.route:
        way = replace(way, venue=bot, route=(bot, *way.route))
    tip = sum([raw for taker, raw in gained.items() if taker in TIP_ACCOUNTS])
    return way, Taken(tip, sum(gained.values()) - tip)
