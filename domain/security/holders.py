"""Holders: how much of a token is in how few hands. Pure.

Pools, launch curves, burned and locked tokens and exchanges are no holders who could sell all at once: they
are taken out, and the rest is compared with the whole supply.
"""

from collections.abc import Sequence
from fractions import Fraction

from domain.security.checks import Check, Family, Grade, NotRead, Source, Topic
from domain.security.facts import (
    FREE_FLOAT,
    Creation,
    Holder,
    Holders,
    TokenFacts,
    first_unlock,
    from_date,
    part,
    percent,
)

TOP_ONE: tuple[tuple[Fraction, Grade], ...] = ((Fraction(40, 100), Grade.F), (Fraction(20, 100), Grade.D))
TOP_TEN: tuple[tuple[Fraction, Grade], ...] = (
    (Fraction(80, 100), Grade.F),
    (Fraction(50, 100), Grade.D),
    (Fraction(35, 100), Grade.C),
    (Fraction(20, 100), Grade.B),
)
GROUP: tuple[tuple[Fraction, Grade], ...] = ((Fraction(30, 100), Grade.D), (Fraction(15, 100), Grade.C))
"""Of what insiders or wallets of one funder hold."""
TEN = 10


def holder_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """How the supply is spread, and whether the large parts belong together."""
    return (
        _share(facts, "top holder", 1, TOP_ONE),
        _share(facts, "top 10 holders", TEN, TOP_TEN),
        _of_creation(facts, "creator's share", "creator_raw", "The creator holds", TOP_ONE),
        _of_creation(facts, "insiders", "insider_raw", "Wallets that never bought hold", GROUP),
        _common_funders(facts),
    )


def largest(holders: Holders, number: int) -> tuple[Holder, ...]:
    """The largest holders that could sell."""
    return tuple(one for one in holders.top if one.kind not in FREE_FLOAT)[:number]


def held_by(holders: Holders, number: int) -> Fraction:
    """Which part of the supply the largest holders have."""
    return part(sum(one.raw for one in largest(holders, number)), holders.supply)


def limit_of(share: Fraction, limits: Sequence[tuple[Fraction, Grade]]) -> Grade | None:
    """The best grade with this share; None: it is no matter."""
    return next((grade for limit, grade in limits if share > limit), None)


OF_CREATION = frozenset({"creator's share", "insiders", "common funders"})
"""Checks whose facts lie in the token's first transactions."""


def _topic(name: str, source: Source) -> Topic:
    return Topic(name=name, family=Family.HOLDERS, source=source)


def _share(facts: TokenFacts, name: str, number: int, limits: Sequence[tuple[Fraction, Grade]]) -> Check:
    holders = facts.holders
    if isinstance(holders, NotRead):
        return _topic(name, Source(name="largest accounts")).unknown(f"Not known: {holders.reason}.", Grade.C)
    topic = _topic(name, holders.source)
    if holders.supply <= 0:
        return topic.unknown("There is no supply that could be compared.", Grade.C)
    if not holders.top:
        return topic.unknown("No holder was found.", Grade.C)
    share = held_by(holders, number)
    at_best = limit_of(share, limits)
    if holders.is_lower_bound and at_best not in {Grade.D, Grade.F}:
        return topic.unknown(f"Only a part of the holders was seen; those have {percent(share)}.", Grade.C)
    unlocks = from_date("tokens", first_unlock(holders.top))
    who = "One holder has" if number == 1 else f"The {len(largest(holders, number))} largest holders have"
    return _found(topic, f"{who} {percent(share)} of the supply{_left_out(holders)}{unlocks}.", at_best)


def _left_out(holders: Holders) -> str:
    """What was not counted among the holders."""
    out = [one for one in holders.top if one.kind in FREE_FLOAT]
    if not out:
        return ""
    kinds = ", ".join(dict.fromkeys(one.kind.value for one in out))
    return f", without {percent(part(sum(one.raw for one in out), holders.supply))} ({kinds})"


def _of_creation(
    facts: TokenFacts, name: str, field: str, words: str, limits: Sequence[tuple[Fraction, Grade]]
) -> Check:
    creation, supply = facts.creation, _supply(facts)
    if isinstance(creation, NotRead):
        return _topic(name, Source(name="transactions")).unknown(f"Not known: {creation.reason}.", Grade.B)
    topic, raw = _topic(name, creation.source), _raw(creation, field)
    if raw is None or supply is None:
        return topic.unknown(_MISSING[field], Grade.B)
    share = part(raw, supply)
    return _found(topic, f"{words} {percent(share)} of the supply.", limit_of(share, limits))


def _common_funders(facts: TokenFacts) -> Check:
    """Whether large holders are one person: whoever paid several of them their first SOL.

    Where the largest together hold little, no group of them holds much, whoever paid them. That it is unknown
    takes nothing from a grade, as few scans can ask.
    """
    creation, holders = facts.creation, facts.holders
    raw = creation.common_funder_raw if isinstance(creation, Creation) else None
    if isinstance(holders, NotRead) or holders.supply <= 0 or not holders.top:
        return _topic(_FUNDERS, Source(name="transactions")).unknown("Its holders are not known.", Grade.A)
    topic = _topic(_FUNDERS, holders.source)
    if raw is not None:
        share = part(raw, holders.supply)
        at_best = limit_of(share, GROUP)
        how = " at most" if at_best is None else ""
        return _found(topic, f"{_FUNDED} {percent(share)} of the supply{how}.", at_best)
    bound = held_by(holders, TEN)
    if not holders.is_lower_bound and limit_of(bound, GROUP) is None:
        return topic.passed(f"{_FUNDED} {percent(bound)} at most: the ten largest have no more together.")
    return topic.unknown("Who paid its holders their first SOL was not looked at.", Grade.A)


_FUNDERS, _FUNDED = "common funders", "Large holders that one wallet funded have"
_MISSING = {
    "creator_raw": "Its first transactions lie too far back to be found in a few pages.",
    "insider_raw": "Who got it first lies too far back to be found in a few pages.",
}


def _raw(creation: Creation, field: str) -> int | None:
    values = {
        "creator_raw": creation.creator_raw,
        "insider_raw": creation.insider_raw,
    }
    return values[field]


def _supply(facts: TokenFacts) -> int | None:
    return facts.holders.supply if isinstance(facts.holders, Holders) else getattr(facts.mint, "supply", None)


def _found(topic: Topic, reason: str, at_best: Grade | None) -> Check:
    if at_best is None:
        return topic.passed(reason)
    return topic.warned(reason, at_best) if at_best in {Grade.B, Grade.C} else topic.failed(reason, at_best)
