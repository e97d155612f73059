"""From a transaction to what each wallet did: balances say what moved, decoders what it was."""

from collections.abc import Callable, Container

from msgspec.structs import replace

from chain.balances import Change, change_of, supply_change
from chain.decoders import creation, fill, liquidity, nft, staking, supply, trade, transfer
from chain.programs import Role
from chain.quotes import QUOTES
from chain.route import Way, way_of
from chain.scene import Scene
from chain.tips import BOT_FEE_ACCOUNTS, FEE_TAKERS, TIP_ACCOUNTS
from chain.transaction import Transaction
from domain.activity import SOL, SOL_DECIMALS, Activity, Kind, Leg

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


def activities(
    transaction: Transaction,
    *,
    chain: str,
    wallets: Container[str] | None,
    quotes: frozenset[str] = QUOTES,
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
    way, tip = _way_and_tip(transaction)
    found = [_activity(transaction, wallet, way, tip, chain, quotes) for wallet in chosen]
    if wallets is None:
        return found
    return [one for one in found if one.paid or one.received or one.wallet in signers]


def touched(transaction: Transaction, wallets: Container[str]) -> list[str]:
    """Those of `wallets` that the transaction names, as an account or as the owner of tokens."""
    found = [key for key in transaction.keys if key in wallets]
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
    transaction: Transaction, wallet: str, way: Way, tip: int, chain: str, quotes: frozenset[str]
) -> Activity:
    change = change_of(transaction, wallet)
    paid, received = legs_of(change)
    counterparty = None
    ordered: tuple[Leg, ...] = ()
    kind = Kind.OTHER
    if paid and received and _is_plain(transaction, paid + received, way.role):
        kind = trade.between(paid, received, quotes)
    elif paid or received:
        scene = Scene(transaction, wallet, paid, received, way.role, way.venue, quotes)
        ordered = fill.given(scene) if way.ordered else ()
        kind = trade.between(ordered, received, quotes) if ordered else _decoded(scene)
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
        tip=tip if pays else 0,
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


def _way_and_tip(transaction: Transaction) -> tuple[Way, int]:
    """The way, and lamports that came to tip accounts.

    A trading bot that took a fee from a trade and has no program in it stands in front of the way.
    """
    way, keys = way_of(transaction), transaction.keys
    if FEE_TAKERS.isdisjoint(keys):
        return way, 0
    pairs = zip(transaction.pre_lamports, transaction.post_lamports, strict=True)
    gained = {key: after - before for key, (before, after) in zip(keys, pairs, strict=True) if after > before}
    bot = next((BOT_FEE_ACCOUNTS[key] for key in gained if key in BOT_FEE_ACCOUNTS), None)
    if bot is not None and way.venue is not None and bot not in way.route:
        way = replace(way, venue=bot, route=(bot, *way.route))
    return way, sum([raw for key, raw in gained.items() if key in TIP_ACCOUNTS])
