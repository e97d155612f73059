"""Liquidity: whether what was bought can be sold again, now and tomorrow. Pure.

What lies in a pool is not safe because of the venue: its shares were burned or locked, or they were not.
"""

from decimal import Decimal
from fractions import Fraction

from domain.security.checks import (
    Check,
    CheckName,
    Family,
    Grade,
    NotRead,
    Source,
    Topic,
    not_known,
    worst_grade,
)
from domain.security.facts import (
    Holders,
    Liquidity,
    LiquidityShares,
    OwnerKind,
    Pool,
    TokenFacts,
    date_of,
    part,
    percent,
)
from domain.sentences import Figure, clauses, sentence

MIN_DOLLARS: tuple[tuple[Decimal, Grade], ...] = (
    (Decimal(1_000), Grade.D),
    (Decimal(10_000), Grade.C),
    (Decimal(50_000), Grade.B),
)
MAX_FEES: tuple[tuple[Fraction, Grade], ...] = (
    (Fraction(20, 100), Grade.F),
    (Fraction(10, 100), Grade.D),
    (Fraction(5, 100), Grade.C),
)
"""Of what a pool keeps of each trade; with more than the first it gives nearly nothing back."""
GONE = Fraction(80, 100)
"""Liquidity that fell by this part since it was largest was withdrawn."""
HALF = Fraction(1, 2)
NEARLY_ALL = Fraction(90, 100)
"""So much must be burned or locked to count as all: some shares are always held by strangers."""
MAX_PARKED = Fraction(15, 100)
"""Of the supply; with more in somebody's hands, one sale ends the market."""
SKEW = 4
"""A pool may hold so many times as much of the token as its quote would buy: prices move."""
_SOURCE = Source(name="pools")
_CURVE = sentence("It trades on the curve of {venue}, which nobody can empty.").text
_FOLLOWS = sentence(
    "It trades on the curve of {venue}, which nobody can empty; of the pool that follows {percent} can be "
    "withdrawn."
).text
_NOT_FOUND = sentence("Its curve is over, and the pool to which its money went was not found.")
_KEEPS = sentence("Its largest pool, at {venue}, keeps {percent} of each purchase and of each sale.").text
_FREES = sentence("locked shares come free from {date} on").text


def liquidity_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """Where the token can be sold, how much of it, and who can take that away."""
    return (_pools(facts), _reserves(facts), _locked(facts), _withdrawal(facts))


def is_withdrawn(before: Decimal, now: Decimal) -> bool:
    """Return whether liquidity that was there once is gone."""
    return before > 0 and Fraction(now) <= Fraction(before) * (1 - GONE)


def dollars_of(liquidity: Liquidity) -> Decimal | None:
    """Return what all pools together are worth; None: none of them has a value that is known."""
    known = [pool.dollars for pool in liquidity.pools if pool.dollars is not None]
    return sum(known, Decimal(0)) if known or (liquidity.is_complete and not liquidity.pools) else None


def main_pool(liquidity: Liquidity) -> Pool | None:
    """The pool that is worth most; None: no pool was found."""
    return max(liquidity.pools, key=lambda pool: pool.dollars or Decimal(-1), default=None)


def _topic(name: CheckName, source: Source) -> Topic:
    return Topic(name=name, family=Family.LIQUIDITY, source=source)


def _pools(facts: TokenFacts) -> Check:
    found = facts.liquidity
    if isinstance(found, NotRead):
        return _topic(CheckName.POOLS, _SOURCE).unknown(not_known(found.reason), Grade.B)
    topic = _topic(CheckName.POOLS, found.source)
    if found.pools:
        venues = ", ".join(dict.fromkeys(pool.venue for pool in found.pools))
        return topic.passed(sentence("It trades at {venues}.", venues=venues))
    if found.is_complete:
        return topic.failed(sentence("It has no pool: it cannot be sold."), Grade.F)
    return topic.unknown(sentence("No pool was found where pools usually are."), Grade.B)


def _reserves(facts: TokenFacts) -> Check:
    if isinstance(facts.liquidity, NotRead):
        return _topic(CheckName.LIQUIDITY, _SOURCE).unknown(not_known(facts.liquidity.reason), Grade.B)
    topic = _topic(CheckName.LIQUIDITY, facts.liquidity.source)
    by_dollars, by_fee = _by_dollars(topic, facts.liquidity), _by_fee(topic, facts.liquidity)
    if by_fee is None or worst_grade((by_dollars.at_best, by_fee.at_best)) is not by_fee.at_best:
        return by_dollars
    return by_fee


def _by_dollars(topic: Topic, liquidity: Liquidity) -> Check:
    """How much lies in the pools."""
    dollars = dollars_of(liquidity)
    if dollars is None:
        return topic.unknown(sentence("What lies in its pools has no price that is known."), Grade.B)
    text = sentence("{dollars} in its pools.", dollars=_dollars(dollars))
    at_best = next((grade for limit, grade in MIN_DOLLARS if dollars < limit), None)
    if at_best is None:
        return topic.passed(text)
    if liquidity.lacks_successor:
        return topic.unknown(_NOT_FOUND, Grade.B)
    return topic.failed(text, at_best) if at_best is Grade.D else topic.warned(text, at_best)


def _by_fee(topic: Topic, liquidity: Liquidity) -> Check | None:
    """What the largest pool keeps of each trade; None: no more than usual."""
    pool = main_pool(liquidity)
    if pool is None or pool.fee is None:
        return None
    fee = pool.fee
    at_best = next((grade for limit, grade in MAX_FEES if fee > limit), None)
    if at_best is None:
        return None
    keeps = sentence(_KEEPS, venue=pool.venue, percent=percent(fee))
    return topic.warned(keeps, at_best) if at_best is Grade.C else topic.failed(keeps, at_best)


def _locked(facts: TokenFacts) -> Check:
    if isinstance(facts.liquidity, NotRead):
        return _topic(CheckName.LIQUIDITY_LOCK, _SOURCE).unknown(not_known(facts.liquidity.reason), Grade.B)
    topic, pool = _topic(CheckName.LIQUIDITY_LOCK, facts.liquidity.source), main_pool(facts.liquidity)
    if pool is None:
        return topic.unknown(sentence("There is no pool to look at."), Grade.B)
    if pool.is_curve:
        return _lock_of_curve(topic, pool)
    if isinstance(pool.shares, NotRead):
        why = pool.shares.reason
        unknown = sentence("Who can withdraw from {venue} is not known: {why}.", venue=pool.venue, why=why)
        return topic.unknown(unknown, Grade.B)
    return _lock_of(topic, pool, pool.shares, of_all=_part_of(pool, facts.liquidity))


def _lock_of_curve(topic: Topic, pool: Pool) -> Check:
    """What becomes of a curve's money once it is full, where its venue leaves that to its maker."""
    shares = pool.shares
    if not isinstance(shares, LiquidityShares) or shares.locked >= NEARLY_ALL:
        return topic.passed(sentence(_CURVE, venue=pool.venue))
    follows = sentence(_FOLLOWS, venue=pool.venue, percent=percent(1 - shares.locked))
    return topic.warned(follows, Grade.C if shares.locked < HALF else Grade.B)


def _part_of(pool: Pool, liquidity: Liquidity) -> Fraction:
    """Which part of all money in pools lies in this one; all of it where the rest is no matter.

    With enough in a pool that nobody can empty it is no matter what becomes of the others.
    """
    whole = dollars_of(liquidity)
    if pool.dollars is None or not whole or pool.dollars >= MIN_DOLLARS[-1][0]:
        return Fraction(1)
    return Fraction(pool.dollars) / Fraction(whole)


def _lock_of(topic: Topic, pool: Pool, shares: LiquidityShares, *, of_all: Fraction) -> Check:
    safe = shares.burned + shares.locked
    text = sentence(
        "{venue}: {burned} burned, {locked} locked",
        venue=pool.venue,
        burned=percent(shares.burned),
        locked=percent(shares.locked),
    )
    frees = None if shares.unlocks_at is None else sentence(_FREES, date=date_of(shares.unlocks_at))
    if shares.creator > HALF:
        own = sentence("its creator can withdraw {percent}", percent=percent(shares.creator))
        return topic.failed(clauses(text, frees, own), Grade.D)
    if safe < NEARLY_ALL:
        rest = sentence("{percent} can be withdrawn", percent=percent(1 - safe))
        return topic.warned(clauses(text, frees, rest), Grade.C if safe < HALF else Grade.B)
    if of_all < NEARLY_ALL:
        others = sentence("{percent} of the money lies in other pools", percent=percent(1 - of_all))
        return topic.warned(clauses(text, frees, others), Grade.B)
    return topic.passed(clauses(text, frees))


def _dollars(dollars: Decimal) -> Figure:
    return Figure(f"${dollars:,.0f}")


def _withdrawal(facts: TokenFacts) -> Check:
    """One of the three rugs, by its evidence."""
    found = facts.liquidity
    if isinstance(found, NotRead):
        return _topic(CheckName.LIQUIDITY_WITHDRAWAL, _SOURCE).unknown(not_known(found.reason), Grade.A)
    topic, now = _topic(CheckName.LIQUIDITY_WITHDRAWAL, found.source), dollars_of(found)
    before = facts.earlier.dollars if facts.earlier is not None else None
    if now is None:
        return topic.unknown(sentence("What lies in its pools has no price that is known."), Grade.A)
    if before is None:
        return topic.unknown(sentence("This is the first look at its liquidity."), Grade.A)
    if is_withdrawn(before, now) and found.lacks_successor:
        return topic.unknown(_NOT_FOUND, Grade.A)
    if is_withdrawn(before, now):
        gone = sentence(
            "It was taken away: {before} became {now}.", before=_dollars(before), now=_dollars(now)
        )
        return topic.failed(gone, Grade.F)
    stays = sentence("It was {before} at most, and is {now} now.", before=_dollars(before), now=_dollars(now))
    return topic.passed(stays)


def parked_check(facts: TokenFacts) -> Check:
    """Whether much of the supply lies in pools without being backed by what was paid for it.

    Pools are no holders, so whoever wants to hide tokens puts them into one: as offers far above the price,
    or beside a quote that is worth nothing. Of a pool only what its quote could buy counts as its own; where
    shares of a pool are burned or locked nobody can take the tokens out again.
    """
    holders, liquidity = facts.holders, facts.liquidity
    if isinstance(holders, NotRead):
        return _of_supply(Source(name="largest accounts")).unknown(not_known(holders.reason), Grade.B)
    if isinstance(liquidity, NotRead):
        return _of_supply(_SOURCE).unknown(not_known(liquidity.reason), Grade.B)
    topic, supply = _of_supply(liquidity.source), holders.circulating
    offered = part(sum(_offered(pool) for pool in liquidity.pools), supply)
    if offered > MAX_PARKED:
        return topic.warned(sentence(_OFFERED, percent=percent(offered)), Grade.C)
    unseen = part(max(0, _in_pools(holders) - _explained(liquidity)) + _left(holders, liquidity), supply)
    if offered + unseen > MAX_PARKED:
        return topic.unknown(sentence(_UNSEEN, percent=percent(unseen)), Grade.C)
    return topic.passed(sentence("What lies in its pools is backed by what was paid for it."))


_OFFERED = sentence(
    "{percent} of the supply is offered in pools, without anything paid for it, and can be taken out again."
).text
_UNSEEN = sentence(
    "{percent} of the supply lies in pools of which nobody knows what was paid or who can take it out."
).text


def _in_pools(holders: Holders) -> int:
    return sum(one.raw for one in holders.top if one.kind is OwnerKind.POOL)


def _left(holders: Holders, liquidity: Liquidity) -> int:
    """What lies at curves of a token that trades at none: what is left of a sale is for its maker to take."""
    if any(pool.is_curve for pool in liquidity.pools):
        return 0
    return sum(one.raw for one in holders.top if one.kind is OwnerKind.CURVE)


def _is_kept(pool: Pool) -> bool:
    """Whether nobody can take out what lies in it."""
    shares = pool.shares
    return pool.is_curve or (
        isinstance(shares, LiquidityShares) and shares.burned + shares.locked >= NEARLY_ALL
    )


def _offered(pool: Pool) -> int:
    """What lies in a pool of which the money is known beyond what that would buy."""
    if _is_kept(pool) or pool.base_raw is None or pool.paid_raw is None or pool.dollars is None:
        return 0
    return max(0, pool.base_raw - SKEW * pool.paid_raw)


def _explained(liquidity: Liquidity) -> int:
    """What lies in pools that keep it, or of which the money is known; curves are no pools of `_in_pools`."""
    pools = (pool for pool in liquidity.pools if not pool.is_curve)
    return sum(pool.base_raw or 0 for pool in pools if _is_kept(pool) or pool.dollars is not None)


def _of_supply(source: Source) -> Topic:
    return Topic(name=CheckName.SUPPLY_IN_POOLS, family=Family.HOLDERS, source=source)
