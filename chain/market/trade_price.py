"""The price of a trade: which pool decides, what it gave for what, and what it is worth afterwards. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from msgspec import structs

from chain.decoders.flows import flows_in
from chain.market.curves import CURVE_PROGRAMS, curve_swap
from chain.market.pools import POOL_PROGRAMS, PoolNote, PoolSwap, Side, SwapContext, pool_swap
from chain.parsing.calls import calls_of
from chain.parsing.json_shapes import TokenBalance
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, TRADES, Activity, Kind, TradePrice
from domain.activity.amounts import ratio
from domain.activity.prices import DOLLAR_MINTS
from domain.errors import Undecodable

_PROGRAMS = POOL_PROGRAMS | CURVE_PROGRAMS
_MONEY = DOLLAR_MINTS | {SOL}


def swaps_in(transaction: Transaction, notes: Mapping[str, PoolNote] | None = None) -> list[PoolSwap]:
    """The swaps of known pools and curves, in the order in which they ran.

    Args:
        transaction: one that did not fail.
        notes: by pool, what its account said recently.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    if not any(key in _PROGRAMS for key in transaction.keys):
        return []
    calls = calls_of(transaction)
    context = SwapContext(transaction, calls, flows_in(transaction, calls), notes or {})
    found = [
        curve_swap(context, at) if call.program in CURVE_PROGRAMS else pool_swap(context, at)
        for at, call in enumerate(calls)
        if call.program in _PROGRAMS
    ]
    return [swap for swap in found if swap is not None]


def traded_token(activity: Activity) -> str | None:
    """The token whose price a trade shows: what is no money, else SOL; None: it is no trade.

    Of a sale that is what was sold, also where it was sold for staked SOL.
    """
    if activity.kind not in TRADES:
        return None
    is_sale = activity.kind is Kind.SELL
    legs = activity.paid + activity.received if is_sale else activity.received + activity.paid
    mints = [leg.mint for leg in legs]
    return next((mint for mint in mints if mint not in _MONEY), SOL if SOL in mints else None)


def with_prices(
    transaction: Transaction, found: Sequence[Activity], notes: Mapping[str, PoolNote] | None = None
) -> list[Activity]:
    """The activities of a transaction; its trades with what they show of prices, transfers with balances.

    Args:
        transaction: what happened.
        found: what wallets did in it.
        notes: as for `swaps_in`.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    kinds = {one.kind for one in found}
    if kinds.isdisjoint(_TRANSFERS):
        with_balances = [*found]
    else:
        with_balances = [_with_balances(transaction, one) for one in found]
    if kinds.isdisjoint(TRADES):
        return with_balances
    try:
        swaps = swaps_in(transaction, notes)
        return [_with_price(transaction, one, swaps) for one in with_balances]
    except (LookupError, ArithmeticError, ValueError) as error:  # a node may write what cannot be
        raise Undecodable(f"swaps whose numbers contradict each other: {error}") from error


def _with_price(transaction: Transaction, activity: Activity, swaps: Sequence[PoolSwap]) -> Activity:
    token = traded_token(activity)
    if token is None:
        return activity
    price = trade_price(activity, swaps)
    if token == SOL:
        return structs.replace(activity, price=price)
    before, after = (
        _owned(balances, activity.wallet, token)
        for balances in (transaction.pre_tokens, transaction.post_tokens)
    )
    given = _given_before(transaction, activity)
    return structs.replace(activity, price=price, token_before=before, token_after=after, given_before=given)


def _given_before(transaction: Transaction, activity: Activity) -> int | None:
    mints = {leg.mint for leg in activity.paid} - _MONEY
    if activity.kind is not Kind.SWAP or len(mints) != 1:
        return None
    return _owned(transaction.pre_tokens, activity.wallet, mints.pop())


_TRANSFERS = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT})


def _with_balances(transaction: Transaction, activity: Activity) -> Activity:
    """A transfer of one token alone, with what the wallet had of it before and has after."""
    legs = (*activity.paid, *activity.received)
    if activity.kind not in _TRANSFERS or len(legs) != 1 or legs[0].mint == SOL:
        return activity
    before, after = (
        _owned(balances, activity.wallet, legs[0].mint)
        for balances in (transaction.pre_tokens, transaction.post_tokens)
    )
    moved = legs[0].raw if activity.received else -legs[0].raw
    if after - before != moved:  # some of it stands where the balances are not shown
        return activity
    return structs.replace(activity, token_before=before, token_after=after)


def _owned(balances: Sequence[TokenBalance], wallet: str, token: str) -> int:
    return sum(one.amount.raw for one in balances if one.owner == wallet and one.mint == token)


def trade_price(activity: Activity, swaps: Sequence[PoolSwap]) -> TradePrice | None:
    """The price that a trade shows; None: it is no trade, or shows none.

    Args:
        activity: what the wallet did.
        swaps: those of its transaction.
    """
    token = traded_token(activity)
    if token is None:
        return None
    with_token = [swap for swap in swaps if token in {swap.taken.mint, swap.given.mint}]
    largest = max(with_token, key=lambda swap: _sides(swap, token)[0].exchanged, default=None)
    return _price_of_legs(activity, token) if largest is None else pool_price(largest, token)


def pool_price(swap: PoolSwap, token: str) -> TradePrice:
    """Return what one swap says of the price of `token`, which is one of its two sides."""
    base, quote = _sides(swap, token)
    fill = Fraction(quote.exchanged, base.exchanged) * _unit(base, quote)
    before = _price(base.before, quote.before, base, quote)
    spot = _price(base.after, quote.after, base, quote)
    price = TradePrice(
        token=token,
        quote=quote.mint,
        quote_decimals=quote.decimals,
        fill=ratio(fill),
        pool=swap.pool,
        vault_quote=quote.in_vault,
        extra_fee=_extra_fee(swap, quote),
    )
    if swap.rates is not None:
        return _with_token(_between(price, swap, base, quote), base, quote)
    if swap.liquidity or quote.in_vault is not None:
        return _with_token(_around(price, swap, base, quote), base, quote)
    if before is None or spot is None or not _fits(fill, before, spot, swap.max_fee):
        return price
    return structs.replace(
        price,
        spot=ratio(spot),
        impact=ratio(spot / before - 1),
        liquidity_quote=quote.reserve,
        depth_quote=quote.after,
        fee=_fee(swap),
    )


def _with_token(price: TradePrice, base: Side, quote: Side) -> TradePrice:
    """With what lies there of the token, at the price after the trade or, where none is shown, at its own."""
    if base.in_vault is None or quote.in_vault is None:
        return price
    raw_price = Fraction(price.fill if price.spot is None else price.spot) / _unit(base, quote)
    return structs.replace(price, vault_token=min(quote.in_vault, int(base.in_vault * raw_price)))


def _extra_fee(swap: PoolSwap, quote: Side) -> Decimal | None:
    if quote is not swap.taken or not 0 < swap.extra_fee < quote.exchanged:
        return None
    return ratio(Fraction(swap.extra_fee, quote.exchanged + swap.extra_fee))


def _fee(swap: PoolSwap) -> Decimal | None:
    """By how much the pool gave less than its amounts say for what it took; never below zero."""
    taken, given = swap.taken, swap.given
    if taken.before is None or given.before is None or given.exchanged >= given.before:
        return None
    counted = Fraction(taken.before * given.exchanged, given.before - given.exchanged)
    return ratio(max(Fraction(0), 1 - counted / taken.exchanged))


def _around(price: TradePrice, swap: PoolSwap, base: Side, quote: Side) -> TradePrice:
    """With the prices before and after a swap in which the pool's liquidity stayed as it is at its price.

    The roots of the two multiply to what was exchanged for what, and differ by what the liquidity makes of
    the quote. A swap that moved the price far met other liquidity on its way: then nothing more is said.
    """
    if not swap.liquidity:
        return price
    step = Fraction(quote.exchanged, swap.liquidity)
    middle = _root(step * step / 4 + Fraction(quote.exchanged, base.exchanged))
    low, high = (middle - step / 2) ** 2, (middle + step / 2) ** 2
    if not 0 < high <= low * (1 + MAX_MOVE):
        return price
    before, spot = (low, high) if quote is swap.taken else (high, low)
    after = middle + step / 2 if quote is swap.taken else middle - step / 2
    return structs.replace(
        price,
        spot=ratio(spot * _unit(base, quote)),
        impact=ratio(spot / before - 1),
        depth_quote=int(swap.liquidity * after),
    )


def _between(price: TradePrice, swap: PoolSwap, base: Side, quote: Side) -> TradePrice:
    """With the prices before and after a swap that says them, if what it exchanged fits them."""
    if swap.rates is None:
        return price
    before, spot = swap.rates if base is swap.taken else (1 / swap.rates[0], 1 / swap.rates[1])
    if not _fits(Fraction(quote.exchanged, base.exchanged), before, spot, swap.max_fee):
        return price
    return structs.replace(price, spot=ratio(spot * _unit(base, quote)), impact=ratio(spot / before - 1))


MAX_MOVE = Fraction(1, 20)
"""Of a price; a pool that concentrates liquidity may have less or more of it farther away."""
_BITS = 128


def _root(value: Fraction) -> Fraction:
    return Fraction(isqrt((value.numerator << 2 * _BITS) // value.denominator), 1 << _BITS)


def _price_of_legs(activity: Activity, token: str) -> TradePrice | None:
    """Return what one token went for another, tips and fees of bots aside; None: there were more than two."""
    if len(activity.paid) != 1 or len(activity.received) != 1:
        return None
    paid, received = activity.paid[0], activity.received[0]
    base, quote = (paid, received) if paid.mint == token else (received, paid)
    if base.decimals is None or quote.decimals is None:
        return None
    costs = activity.tip + activity.venue_fee if quote.mint == SOL else 0
    exchanged = quote.raw - costs if quote is paid else quote.raw + costs
    if exchanged <= 0:
        return None
    fill = Fraction(exchanged, base.raw) * Fraction(10) ** (base.decimals - quote.decimals)
    return TradePrice(token=token, quote=quote.mint, quote_decimals=quote.decimals, fill=ratio(fill))


def _sides(swap: PoolSwap, token: str) -> tuple[Side, Side]:
    """The token's side and the other one."""
    return (swap.taken, swap.given) if swap.taken.mint == token else (swap.given, swap.taken)


def _unit(base: Side, quote: Side) -> Fraction:
    return Fraction(10) ** (base.decimals - quote.decimals)


def _price(base_raw: int | None, quote_raw: int | None, base: Side, quote: Side) -> Fraction | None:
    if base_raw is None or quote_raw is None or base_raw <= 0 or quote_raw <= 0:
        return None
    return Fraction(quote_raw, base_raw) * _unit(base, quote)


def _fits(fill: Fraction, before: Fraction, spot: Fraction, max_fee: Fraction) -> bool:
    """Whether the pool keeps a constant product: but for the fee, fill squared is then before times spot."""
    share = fill * fill / (before * spot)
    return (1 - max_fee) ** 2 <= share <= (1 + max_fee) ** 2
