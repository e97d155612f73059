"""Holders: how much of a token is in how few hands. Pure.

Pools, launch curves, burned and locked tokens and exchanges are no holders who could sell all at once: they
are taken out, and the rest is compared with the supply that is neither burned nor locked.
"""

from collections.abc import Sequence
from fractions import Fraction

from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Source, Topic, not_known
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
from domain.security.liquidity import parked_check
from domain.security.mints import MintFacts
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
        _share(facts, CheckName.TOP_HOLDER, 1, TOP_ONE),
        _share(facts, CheckName.TOP_10_HOLDERS, TEN, TOP_TEN),
        _of_creation(facts, CheckName.CREATORS_SHARE, "creator_raw", TOP_ONE),
        _of_creation(facts, CheckName.INSIDERS, "insider_raw", GROUP),
        _common_funders(facts),
        parked_check(facts),
    )


def largest(holders: Holders, number: int) -> tuple[Holder, ...]:
    """The largest holders that could sell."""
    return tuple(one for one in holders.top if one.kind not in FREE_FLOAT)[:number]


def held_by(holders: Holders, number: int) -> Fraction:
    """Which part of what circulates the largest holders have."""
    return part(sum(one.raw for one in largest(holders, number)), holders.circulating)


def limit_of(share: Fraction, limits: Sequence[tuple[Fraction, Grade]]) -> Grade | None:
    """The best grade with this share; None: it is no matter."""
    return next((grade for limit, grade in limits if share > limit), None)


OF_CREATION = frozenset({CheckName.CREATORS_SHARE, CheckName.INSIDERS, CheckName.COMMON_FUNDERS})
"""Checks whose facts lie in the token's first transactions."""


def _topic(name: CheckName, source: Source) -> Topic:
    return Topic(name=name, family=Family.HOLDERS, source=source)


def _share(
    facts: TokenFacts, name: CheckName, number: int, limits: Sequence[tuple[Fraction, Grade]]
) -> Check:
    holders = facts.holders
    if isinstance(holders, NotRead):
        return _topic(name, Source(name="largest accounts")).unknown(not_known(holders.reason), Grade.C)
    topic = _topic(name, holders.source)
    if holders.circulating <= 0:
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
    is_part = holders.circulating < holders.supply
    return sentence(
        "{share}, without {percent} ({kinds})",
        share=sentence("{share} that is neither burned nor locked", share=has) if is_part else has,
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


def _of_creation(
    facts: TokenFacts, name: CheckName, field: str, limits: Sequence[tuple[Fraction, Grade]]
) -> Check:
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

    Only where all that somebody could hold is little no group holds much, whoever paid them. That it is
    unknown takes nothing from a grade, as few scans can ask, unless holders look like the wallets of one.
    """
    creation, holders = facts.creation, facts.holders
    if isinstance(holders, NotRead):
        return _topic(CheckName.COMMON_FUNDERS, Source(name="transactions")).unknown(
            not_known(holders.reason), Grade.A
        )
    if holders.circulating <= 0 or not holders.top:
        return _topic(CheckName.COMMON_FUNDERS, holders.source).unknown(
            sentence("No holder was found."), Grade.A
        )
    topic = _topic(CheckName.COMMON_FUNDERS, holders.source)
    if isinstance(creation, Creation) and creation.common_funder_raw is not None:
        share = part(creation.common_funder_raw, holders.circulating)
        at_best = limit_of(share, GROUP)
        return _found(
            topic, sentence(_AT_MOST if at_best is None else _FUNDED, percent=percent(share)), at_best
        )
    out = sum(one.raw for one in holders.top if one.kind in FREE_FLOAT)
    bound = part(holders.supply - out, holders.circulating)
    if not holders.is_lower_bound and limit_of(bound, GROUP) is None:
        return topic.passed(sentence(_BOUND, percent=percent(max(Fraction(0), bound))))
    return _suspected(topic, holders, creation if isinstance(creation, Creation) else None)


def _suspected(topic: Topic, holders: Holders, creation: Creation | None) -> Check:
    """What is said where nobody knows who paid most holders.

    Of holders that look like the wallets of one an answer takes the doubt only if it shows many payers.
    """
    known, of_one = (0, 0) if creation is None else (creation.funders_known, creation.of_one_funder)
    alike = alike_holders(holders)
    if known >= MIN_FUNDED and of_one == known:
        return topic.warned(sentence(_ALL_OF_ONE, number=known), Grade.C)
    if known >= MIN_FUNDED and of_one:
        some = sentence(_SOME_OF_ONE, some=of_one, number=known)
        return topic.unknown(some, Grade.C if alike else Grade.A)
    if known >= MIN_FUNDED and _are_many(holders, creation, alike):
        return topic.passed(sentence(_OF_MANY, number=known))
    if alike:
        has = percent(_share_of(alike, holders))
        return topic.unknown(sentence(_ALIKE, number=len(alike), percent=has), Grade.C)
    return topic.unknown(sentence("Who paid its holders their first SOL is not known."), Grade.A)


def _are_many(holders: Holders, creation: Creation | None, alike: Sequence[Holder]) -> bool:
    """Whether each holder whose payer is known had another one, and those left open make no large group."""
    if creation is None or creation.different_funders < creation.funders_known:
        return False
    return not alike or limit_of(held_by(holders, TEN), GROUP) is None


def alike_holders(holders: Holders) -> tuple[Holder, ...]:
    """Large wallets with near-equal parts that have much together, as one person spreads them; else nobody.

    Of people one has far more than another.
    """
    wallets = [one for one in largest(holders, len(holders.top)) if one.kind is OwnerKind.WALLET]
    for begin in range(len(wallets) - MIN_ALIKE + 1):
        group = [one for one in wallets[begin:] if ALIKE * one.raw >= wallets[begin].raw]
        if len(group) >= MIN_ALIKE and limit_of(_share_of(group, holders), GROUP) is not None:
            return tuple(group)
    return ()


def _share_of(group: Sequence[Holder], holders: Holders) -> Fraction:
    return part(sum(one.raw for one in group), holders.circulating)


MIN_FUNDED = 3
"""Of so many holders that were asked about one payer is no chance."""
MIN_ALIKE = 10
ALIKE = Fraction(5, 4)
"""The largest of near-equal parts is at most so many times the smallest."""
_FUNDED = sentence("Large holders that one wallet funded have {percent} of the supply.").text
_AT_MOST = sentence("Large holders that one wallet funded have {percent} of the supply at most.").text
_BOUND = sentence("Wallets that one wallet funded have {percent} at most: nobody holds more.").text
_ALL_OF_ONE = sentence(
    "One wallet paid the first SOL of all {number} large holders of which that is known."
).text
_SOME_OF_ONE = sentence(
    "One wallet paid the first SOL of {some} of {number} large holders of which that is known."
).text
_OF_MANY = sentence(
    "Different wallets paid the first SOL of the {number} large holders of which that is known."
).text
_ALIKE = sentence(
    "{number} large holders have near-equal parts, {percent} together; who paid them is not known."
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
    """What circulates, else all that there is, in the token's smallest unit; None: not known."""
    if isinstance(facts.holders, Holders):
        return facts.holders.circulating
    return facts.mint.supply if isinstance(facts.mint, MintFacts) else None


def _found(topic: Topic, reason: Sentence, at_best: Grade | None) -> Check:
    if at_best is None:
        return topic.passed(reason)
    return topic.warned(reason, at_best) if at_best in {Grade.B, Grade.C} else topic.failed(reason, at_best)
