"""Creator: what whoever made a token did with it, and with others before. Pure.

These are findings of what was done, apart from what could be done (`control.py`). Two of the three rugs are
found here by name: freeze abuse, and pump and dump; the third, withdrawn liquidity, in `liquidity.py`.
"""

from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Source, Topic, not_known
from domain.security.facts import Creation, TokenFacts
from domain.security.market import Market, Trade
from domain.sentences import counted, sentence

SOLD = Fraction(5, 100)
"""Who has at most this part left of what they got has sold all."""
COLLAPSE = Fraction(80, 100)
"""A price that fell by this part from its highest collapsed."""
MAX_OF_ONE = 20
"""Tokens that people scanned and one person made; who paid for more serves many people, or makes rugs."""
NEARLY_ALL = Fraction(75, 100)
MIN_TRADES = 10
"""Fewer trades show no course of the price."""


def creator_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """Return what the creator did."""
    creation = facts.creation
    if isinstance(creation, NotRead):
        source, reason = Source(name="transactions"), not_known(creation.reason)
        names = (
            CheckName.FREEZE_ABUSE,
            CheckName.CREATOR_SOLD,
            CheckName.PUMP_AND_DUMP,
            CheckName.EARLIER_TOKENS,
        )
        return tuple(_topic(name, source).unknown(reason, Grade.B) for name in names)
    return (
        _freeze_abuse(facts, creation),
        _sold(facts, creation),
        _pump_and_dump(facts, creation),
        _earlier_tokens(creation),
    )


def has_sold_all(creation: Creation) -> bool | None:
    """Return whether the creator got tokens and has next to none left; None: not known."""
    if creation.creator_raw is None or not creation.creator_received:
        return None
    return Fraction(creation.creator_raw, creation.creator_received) <= SOLD


def has_collapsed(trades: Sequence[Trade]) -> bool | None:
    """Return whether the price fell from its highest to next to nothing; None: too few trades.

    Single trades lie: the highest and the last price are medians of some trades beside each other.
    """
    prices = [Fraction(one.lamports, one.tokens) for one in trades if one.tokens]
    if len(prices) < MIN_TRADES:
        return None
    width = max(3, len(prices) // 20)
    courses = [median(prices[at : at + width]) for at in range(len(prices) - width + 1)]
    return courses[-1] <= max(courses) * (1 - COLLAPSE)


def _topic(name: CheckName, source: Source) -> Topic:
    return Topic(name=name, family=Family.CREATOR, source=source)


def _freeze_abuse(facts: TokenFacts, creation: Creation) -> Check:
    topic = _topic(CheckName.FREEZE_ABUSE, creation.source)
    can_freeze = getattr(facts.mint, "freeze_authority", None) is not None
    if creation.frozen_accounts:
        frozen = counted(
            "The tokens of one holder are frozen.",
            "The tokens of {number} holders are frozen.",
            creation.frozen_accounts,
        )
        return topic.failed(frozen, Grade.F)
    if creation.frozen_accounts == 0 and can_freeze:
        still = sentence("No tokens of large holders are frozen, though somebody could freeze them.")
        return topic.passed(still)
    if creation.frozen_accounts == 0:
        return topic.passed(sentence("No tokens of large holders are frozen."))
    return topic.unknown(sentence("Whether holders are frozen is not known."), Grade.B)


def _sold(facts: TokenFacts, creation: Creation) -> Check:
    topic, sold = _topic(CheckName.CREATOR_SOLD, creation.source), has_sold_all(creation)
    before = facts.earlier.creator_raw if facts.earlier is not None else None
    if sold is None and before and creation.creator_raw is not None:
        sold = Fraction(creation.creator_raw, before) <= SOLD
    if sold is None:
        return topic.unknown(sentence("What the creator had and has is not known."), Grade.B)
    if sold:
        return topic.failed(sentence("The creator sold or moved all of it."), Grade.D)
    return topic.passed(sentence("The creator still holds what they had, or much of it."))


def _pump_and_dump(facts: TokenFacts, creation: Creation) -> Check:
    topic, sold = _topic(CheckName.PUMP_AND_DUMP, creation.source), has_sold_all(creation)
    collapsed = has_collapsed(facts.market.trades) if isinstance(facts.market, Market) else None
    if sold and collapsed:
        return topic.failed(sentence("The creator sold all, and the price collapsed."), Grade.F)
    if sold is False or collapsed is False:
        return topic.passed(sentence("The creator did not sell into a price that collapsed."))
    return topic.unknown(
        sentence("The course of its price, or the creator's part in it, is not known."), Grade.B
    )


def _earlier_tokens(creation: Creation) -> Check:
    topic = _topic(CheckName.EARLIER_TOKENS, creation.source)
    if creation.creator is None:
        return topic.unknown(sentence("Who made it is not known."), Grade.B)
    if _is_launchpad(creation):
        pays = sentence(
            _LAUNCHPAD,
            creator=creation.creator,
            number=creation.other_tokens,
            rugs=creation.proven_rugs,
        )
        return topic.unknown(pays, Grade.C if creation.proven_rugs else Grade.B)
    if creation.proven_rugs:
        made = counted(
            "Its creator {creator} made an earlier token that ended as a rug.",
            "Its creator {creator} made {number} earlier tokens that ended as a rug.",
            creation.proven_rugs,
            creator=creation.creator,
        )
        return topic.failed(made, Grade.F)
    none = sentence("Scans so far found no rug by its creator {creator}.", creator=creation.creator)
    return topic.passed(none)


_LAUNCHPAD = sentence(
    "Who made it is not known: {creator} paid for it, as a launchpad does. Of {number} others that were "
    "scanned, {rugs} ended as a rug."
).text


def _is_launchpad(creation: Creation) -> bool:
    """Return whether who counts as the creator pays for the tokens of many people.

    Some launchpads sign and pay for what their customers make; rugs of these say little about the others. Of
    one who makes rug after rug the tokens are nearly all rugs. What was scanned before its rug alone never
    counts as one, so where there are rugs the others are no better than a C.
    """
    others = creation.other_tokens
    return others > MAX_OF_ONE and Fraction(creation.proven_rugs, others) < NEARLY_ALL
