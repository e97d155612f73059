"""Liquidity: whether what was bought can be sold again, now and tomorrow. Pure.

What lies in a pool is not safe because of the venue: its shares were burned or locked, or they were not.
"""

from decimal import Decimal
from fractions import Fraction

from domain.security.checks import Check, Family, Grade, NotRead, Source, Topic, not_known
from domain.security.facts import Liquidity, LiquidityShares, Pool, TokenFacts, date_of, percent
from domain.sentences import Figure, clauses, sentence

MIN_DOLLARS: tuple[tuple[Decimal, Grade], ...] = (
    (Decimal(1_000), Grade.D),
    (Decimal(10_000), Grade.C),
    (Decimal(50_000), Grade.B),
)
GONE = Fraction(80, 100)
"""Liquidity that fell by this part since it was largest was withdrawn."""
HALF = Fraction(1, 2)
NEARLY_ALL = Fraction(90, 100)
"""So much must be burned or locked to count as all: some shares are always held by strangers."""
_SOURCE = Source(name="pools")
_CURVE = sentence("It trades on the curve of {venue}, which nobody can empty.").text
_FREES = sentence("locked shares come free from {date} on").text


def liquidity_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """Where the token can be sold, how much of it, and who can take that away."""
    return (_pools(facts), _reserves(facts), _locked(facts), _withdrawal(facts))


def is_withdrawn(before: Decimal, now: Decimal) -> bool:
    """Whether liquidity that was there once is gone."""
    return before > 0 and Fraction(now) <= Fraction(before) * (1 - GONE)


def dollars_of(liquidity: Liquidity) -> Decimal | None:
    """What all pools together are worth; None: none of them has a value that is known."""
    known = [pool.dollars for pool in liquidity.pools if pool.dollars is not None]
    return sum(known, Decimal(0)) if known or (liquidity.is_complete and not liquidity.pools) else None


def main_pool(liquidity: Liquidity) -> Pool | None:
    """The pool that is worth most."""
    return max(liquidity.pools, key=lambda pool: pool.dollars or Decimal(-1), default=None)


def _topic(name: str, source: Source) -> Topic:
    return Topic(name=name, family=Family.LIQUIDITY, source=source)


def _pools(facts: TokenFacts) -> Check:
    found = facts.liquidity
    if isinstance(found, NotRead):
        return _topic("pools", _SOURCE).unknown(not_known(found.reason), Grade.B)
    topic = _topic("pools", found.source)
    if found.pools:
        venues = ", ".join(dict.fromkeys(pool.venue for pool in found.pools))
        return topic.passed(sentence("It trades at {venues}.", venues=venues))
    if found.is_complete:
        return topic.failed(sentence("It has no pool: it cannot be sold."), Grade.F)
    return topic.unknown(sentence("No pool was found where pools usually are."), Grade.B)


def _reserves(facts: TokenFacts) -> Check:
    if isinstance(facts.liquidity, NotRead):
        return _topic("liquidity", _SOURCE).unknown(not_known(facts.liquidity.reason), Grade.B)
    topic, dollars = _topic("liquidity", facts.liquidity.source), dollars_of(facts.liquidity)
    if dollars is None:
        return topic.unknown(sentence("What lies in its pools has no price that is known."), Grade.B)
    text = sentence("{dollars} in its pools.", dollars=_dollars(dollars))
    at_best = next((grade for limit, grade in MIN_DOLLARS if dollars < limit), None)
    if at_best is None:
        return topic.passed(text)
    return topic.failed(text, at_best) if at_best is Grade.D else topic.warned(text, at_best)


def _locked(facts: TokenFacts) -> Check:
    if isinstance(facts.liquidity, NotRead):
        return _topic("liquidity lock", _SOURCE).unknown(not_known(facts.liquidity.reason), Grade.B)
    topic, pool = _topic("liquidity lock", facts.liquidity.source), main_pool(facts.liquidity)
    if pool is None:
        return topic.unknown(sentence("There is no pool to look at."), Grade.B)
    if pool.is_curve:
        return topic.passed(sentence(_CURVE, venue=pool.venue))
    if isinstance(pool.shares, NotRead):
        why = pool.shares.reason
        unknown = sentence("Who can withdraw from {venue} is not known: {why}.", venue=pool.venue, why=why)
        return topic.unknown(unknown, Grade.B)
    return _lock_of(topic, pool, pool.shares)


def _lock_of(topic: Topic, pool: Pool, shares: LiquidityShares) -> Check:
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
    return topic.passed(clauses(text, frees))


def _dollars(dollars: Decimal) -> Figure:
    return Figure(f"${dollars:,.0f}")


def _withdrawal(facts: TokenFacts) -> Check:
    """One of the three rugs, by its evidence."""
    found = facts.liquidity
    if isinstance(found, NotRead):
        return _topic("liquidity withdrawal", _SOURCE).unknown(not_known(found.reason), Grade.A)
    topic, now = _topic("liquidity withdrawal", found.source), dollars_of(found)
    before = facts.earlier.dollars if facts.earlier is not None else None
    if now is None:
        return topic.unknown(sentence("What lies in its pools has no price that is known."), Grade.A)
    if before is None:
        return topic.unknown(sentence("This is the first look at its liquidity."), Grade.A)
    if is_withdrawn(before, now):
        gone = sentence(
            "It was taken away: {before} became {now}.", before=_dollars(before), now=_dollars(now)
        )
        return topic.failed(gone, Grade.F)
    stays = sentence("It was {before} at most, and is {now} now.", before=_dollars(before), now=_dollars(now))
    return topic.passed(stays)
