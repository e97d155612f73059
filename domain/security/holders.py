"""Holders: how much of a token is in how few hands. Pure.

Pools, launch curves, burned and locked tokens and exchanges are no holders who could sell all at once: they
are taken out, and the rest is compared with the whole supply.
"""

from collections.abc import Sequence
from fractions import Fraction

from domain.security.checks import Check, Family, Grade, NotRead, Source, Topic, not_known
from domain.security.facts import (
    FREE_FLOAT,
    Creation,
    Holder,
    Holders,
    OwnerKind,
    TokenFacts,
    date_of,
    first_unlock,
    part,
    percent,
)
from domain.sentences import Sentence, clauses, counted, sentence

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
        _of_creation(facts, "creator's share", "creator_raw", TOP_ONE),
        _of_creation(facts, "insiders", "insider_raw", GROUP),
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
        return _topic(name, Source(name="largest accounts")).unknown(not_known(holders.reason), Grade.C)
    topic = _topic(name, holders.source)
    if holders.supply <= 0:
        return topic.unknown(sentence("There is no supply that could be compared."), Grade.C)
    if not holders.top:
        return topic.unknown(sentence("No holder was found."), Grade.C)
    share = held_by(holders, number)
    at_best = limit_of(share, limits)
    if holders.is_lower_bound and at_best not in {Grade.D, Grade.F}:
        few = sentence("Only a part of the holders was seen; those have {percent}.", percent=percent(share))
        return topic.unknown(few, Grade.C)
    unlocks_at = first_unlock(holders.top)
    unlocks = None if unlocks_at is None else sentence(_FREES, date=date_of(unlocks_at))
    return _found(topic, clauses(_counted_share(holders, number), unlocks), at_best)


def _counted_share(holders: Holders, number: int) -> Sentence:
    """What the largest have, and what was not counted among the holders."""
    share = percent(held_by(holders, number))
    out = [one for one in holders.top if one.kind in FREE_FLOAT]
    if number == 1:
        has = sentence("One holder has {percent} of the supply", percent=share)
    else:
        has = counted(
            "The {number} largest holder has {percent} of the supply",
            "The {number} largest holders have {percent} of the supply",
            len(largest(holders, number)),
            percent=share,
        )
    if not out:
        return has
    return sentence(
        "{share}, without {percent} ({kinds})",
        share=has,
        percent=percent(part(sum(one.raw for one in out), holders.supply)),
        kinds=tuple(KINDS[kind] for kind in dict.fromkeys(one.kind for one in out)),
    )


_FREES = sentence("locked tokens come free from {date} on").text
KINDS = {
    OwnerKind.WALLET: sentence("wallet"),
    OwnerKind.PROGRAM: sentence("program"),
    OwnerKind.POOL: sentence("pool"),
    OwnerKind.CURVE: sentence("curve"),
    OwnerKind.BURNED: sentence("burned"),
    OwnerKind.LOCKED: sentence("locked"),
    OwnerKind.EXCHANGE: sentence("exchange"),
}
"""In whose hands tokens are, in a word."""


def _of_creation(facts: TokenFacts, name: str, field: str, limits: Sequence[tuple[Fraction, Grade]]) -> Check:
    creation, supply = facts.creation, _supply(facts)
    if isinstance(creation, NotRead):
        return _topic(name, Source(name="transactions")).unknown(not_known(creation.reason), Grade.B)
    topic, raw = _topic(name, creation.source), _raw(creation, field)
    if raw is None or supply is None:
        return topic.unknown(_MISSING[field], Grade.B)
    share = part(raw, supply)
    return _found(topic, sentence(_HOLD[field], percent=percent(share)), limit_of(share, limits))


def _common_funders(facts: TokenFacts) -> Check:
    """Whether large holders are one person: whoever paid several of them their first SOL.

    Where the largest together hold little, no group of them holds much, whoever paid them. That it is unknown
    takes nothing from a grade, as few scans can ask.
    """
    creation, holders = facts.creation, facts.holders
    raw = creation.common_funder_raw if isinstance(creation, Creation) else None
    if isinstance(holders, NotRead) or holders.supply <= 0 or not holders.top:
        return _topic(_FUNDERS, Source(name="transactions")).unknown(
            sentence("Its holders are not known."), Grade.A
        )
    topic = _topic(_FUNDERS, holders.source)
    if raw is not None:
        share = part(raw, holders.supply)
        at_best = limit_of(share, GROUP)
        return _found(
            topic, sentence(_AT_MOST if at_best is None else _FUNDED, percent=percent(share)), at_best
        )
    bound = held_by(holders, TEN)
    if not holders.is_lower_bound and limit_of(bound, GROUP) is None:
        return topic.passed(sentence(_BOUND, percent=percent(bound)))
    return topic.unknown(sentence("Who paid its holders their first SOL was not looked at."), Grade.A)


_FUNDERS = "common funders"
_FUNDED = sentence("Large holders that one wallet funded have {percent} of the supply.").text
_AT_MOST = sentence("Large holders that one wallet funded have {percent} of the supply at most.").text
_BOUND = sentence(
    "Large holders that one wallet funded have {percent} at most: the ten largest have no more together."
).text
_HOLD = {
    "creator_raw": sentence("The creator holds {percent} of the supply.").text,
    "insider_raw": sentence("Wallets that never bought hold {percent} of the supply.").text,
}
_MISSING = {
    "creator_raw": sentence("Its first transactions lie too far back to be found in a few pages."),
    "insider_raw": sentence("Who got it first lies too far back to be found in a few pages."),
}


def _raw(creation: Creation, field: str) -> int | None:
    values = {
        "creator_raw": creation.creator_raw,
        "insider_raw": creation.insider_raw,
    }
    return values[field]


def _supply(facts: TokenFacts) -> int | None:
    return facts.holders.supply if isinstance(facts.holders, Holders) else getattr(facts.mint, "supply", None)


def _found(topic: Topic, reason: Sentence, at_best: Grade | None) -> Check:
    if at_best is None:
        return topic.passed(reason)
    return topic.warned(reason, at_best) if at_best in {Grade.B, Grade.C} else topic.failed(reason, at_best)
