"""From a transaction to what each wallet did: balances say what moved, decoders what it was."""

from collections.abc import Callable, Container

from chain import route
from chain.balances import Change, change_of
from chain.decoders import creation, liquidity, nft, staking, supply, trade, transfer
from chain.programs import Role
from chain.quotes import QUOTES
from chain.scene import Scene
from chain.tips import TIP_ACCOUNTS
from chain.transaction import Transaction
from domain.activity import SOL, SOL_DECIMALS, Activity, Kind, Leg

SMALL = 10_000_000
"""Lamports; beside a trade of token against token, a change up to this is rent or a tip, no leg of it."""

DECODERS: tuple[Callable[[Scene], Kind | None], ...] = (
    supply.kind,
    liquidity.kind,
    staking.kind,
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
    chosen = transaction.signers if wallets is None else touched(transaction, wallets)
    if not chosen:
        return []
    way = route.steps(transaction)
    venue = route.venue(way)
    found = (_activity(transaction, wallet, chain, (way, venue), quotes) for wallet in chosen)
    return [activity for activity in found if activity is not None]


def touched(transaction: Transaction, wallets: Container[str]) -> list[str]:
    """Those of `wallets` that the transaction names, as an account or as the owner of tokens."""
    found = [key for key in transaction.keys if key in wallets]
    owners = {balance.owner for balance in transaction.pre_tokens + transaction.post_tokens}
    found += sorted([owner for owner in owners if owner and owner in wallets and owner not in found])
    return found


def _activity(
    transaction: Transaction,
    wallet: str,
    chain: str,
    passed: tuple[list[route.Step], str | None],
    quotes: frozenset[str],
) -> Activity | None:
    way, venue = passed
    change = change_of(transaction, wallet)
    paid, received = legs = legs_of(change)
    if not paid and not received and wallet not in transaction.signers:
        return None
    scene = Scene(transaction, wallet, legs, venue=venue, quotes=quotes)
    kind = _kind(scene)
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
        counterparty=transfer.counterparty(scene) if kind in _TRANSFERS else None,
        fee=transaction.fee if pays else 0,
        rent=change.rent,
        tip=tip(transaction) if pays else 0,
        venue=route.named(venue) if venue else None,
        route=route.names(way),
        position=transaction.position,
    )


_TRANSFERS = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT})


def legs_of(change: Change) -> Legs:
    """What went out and what came in; SOL first."""
    tokens, decimals = change.tokens, change.decimals
    paid = [Leg(mint=mint, raw=-raw, decimals=decimals[mint]) for mint, raw in tokens.items() if raw < 0]
    received = [Leg(mint=mint, raw=raw, decimals=decimals[mint]) for mint, raw in tokens.items() if raw > 0]
    lamports = change.lamports
    if lamports and not (paid and received and -SMALL <= lamports <= SMALL):
        side = paid if lamports < 0 else received
        side.insert(0, Leg(mint=SOL, raw=abs(lamports), decimals=SOL_DECIMALS))
    return tuple(paid), tuple(received)


def _kind(scene: Scene) -> Kind:
    if scene.both_ways and _is_plain(scene):
        return trade.between(scene.paid, scene.received, scene.quotes)
    kinds = (decode(scene) for decode in DECODERS)
    return next((kind for kind in kinds if kind is not None), Kind.OTHER)


def _is_plain(scene: Scene) -> bool:
    """Whether an exchange can be nothing but a trade: no token made or burned, no single piece."""
    if scene.role in _SPECIAL:
        return False
    tokens = [leg for leg in scene.paid + scene.received if leg.mint != SOL]
    return not any(nft.is_single(leg) or scene.supply_change(leg) for leg in tokens)


_SPECIAL = frozenset({Role.NFT, Role.STAKING})


def tip(transaction: Transaction) -> int:
    """Lamports that came to known tip accounts."""
    keys = transaction.keys
    if TIP_ACCOUNTS.isdisjoint(keys):
        return 0
    gained = [
        after - before
        for key, before, after in zip(keys, transaction.pre_lamports, transaction.post_lamports, strict=True)
        if key in TIP_ACCOUNTS
    ]
    return sum(raw for raw in gained if raw > 0)
