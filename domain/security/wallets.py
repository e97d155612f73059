"""The checks of a wallet. Pure; missing facts are unknown, never safe.

A wallet has no grade: a whale that distributes is no fraud, and a bot may be worth following. The findings
are for whoever follows it, or is about to send something to it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from domain.activity.activity import SOL, TRADES, Activity, Kind
from domain.activity.addresses import short
from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Topic
from domain.security.poisoning import look_alikes
from domain.security.wallet_facts import WalletFacts
from domain.sentences import Figure, Sentence, Value, counted, sentence

SYSTEM_PROGRAM = "11111111111111111111111111111111"
DAY = 86_400
MIN_HISTORY = 20
"""Transactions; fewer say nothing of habits."""
BOT_PER_DAY = 500
"""Transactions a day that no person makes."""
BOT_SECONDS = 5
"""This often a wallet acts that no person follows: the middle interval between transactions."""
BUSY_HOURS = 22
"""Hours of the day in which the wallet acts, that leave no room for sleep."""
DORMANT_SECONDS = 30 * DAY
BURST = 10
"""Transactions within a day after a long silence."""
MIN_PAID = 10
"""Wallets that get near-equal sums from a distributor."""
NEAR_EQUAL = 0.25
"""By which part sums may differ from the middle one."""
SERVICE_PARTIES = 60
"""Different counterparties among the latest transactions, as exchanges and services have."""
YOUNG_SECONDS = DAY


def wallet_checks(facts: WalletFacts) -> tuple[Check, ...]:
    """Every check of a wallet."""
    return (
        _owner(facts),
        _delegations(facts),
        _close_authorities(facts),
        _age(facts),
        _bot(facts),
        _dormant(facts),
        _service(facts),
        _distributor(facts),
        *_trading(facts),
        look_alikes(facts),
    )


def _topic(facts: WalletFacts, name: CheckName, family: Family) -> Topic:
    return Topic(name=name, family=family, source=facts.source)


def _unknown(topic: Topic, missing: NotRead) -> Check:
    return topic.unknown(missing.reason, Grade.C)


def _owner(facts: WalletFacts) -> Check:
    """Whether the account is a wallet's: thieves let victims sign its account over to a program of theirs."""
    topic = _topic(facts, CheckName.OWNER, Family.CONTROL)
    account = facts.account
    if isinstance(account, NotRead):
        return _unknown(topic, account)
    if account.is_program:
        return topic.warned(sentence("It is a program, not a wallet."), Grade.C)
    if account.owner in {None, SYSTEM_PROGRAM}:
        return topic.passed(sentence("It is a plain wallet: only its key moves its SOL."))
    if account.has_data:
        vault = sentence(
            "It belongs to program {program}: a vault or a multisig.", program=account.owner or ""
        )
        return topic.warned(vault, Grade.C)
    reassigned = sentence(
        "Its owner was changed to program {program}: its key moves its SOL no more.",
        program=account.owner or "",
    )
    return topic.failed(reassigned, Grade.F)


def _delegations(facts: WalletFacts) -> Check:
    topic = _topic(facts, CheckName.DELEGATIONS, Family.CONTROL)
    if isinstance(facts.token_accounts, NotRead):
        return _unknown(topic, facts.token_accounts)
    given = [one for one in facts.token_accounts if one.delegate is not None and one.delegated > 0]
    if not given:
        return topic.passed(sentence("Nobody else may move its tokens."))
    delegates = Counter(one.delegate for one in given)
    who, times = delegates.most_common(1)[0]
    values: dict[str, Value | int] = {"who": who or "", "accounts": len(given), "times": times}
    if len(delegates) == 1:
        text = "{who} may move tokens of {accounts} of its accounts ({times} by the first)."
        return topic.warned(sentence(text, **values), Grade.C)
    found = counted(
        "{who} and {number} other may move tokens of {accounts} of its accounts ({times} by the first).",
        "{who} and {number} others may move tokens of {accounts} of its accounts ({times} by the first).",
        len(delegates) - 1,
        **values,
    )
    return topic.warned(found, Grade.C)


def _close_authorities(facts: WalletFacts) -> Check:
    topic = _topic(facts, CheckName.CLOSE_AUTHORITIES, Family.CONTROL)
    if isinstance(facts.token_accounts, NotRead):
        return _unknown(topic, facts.token_accounts)
    others = [
        one.close_authority
        for one in facts.token_accounts
        if one.close_authority not in {None, facts.address}
    ]
    if not others:
        return topic.passed(sentence("Nobody else may close its token accounts."))
    closes = sentence(
        "{who} may close {number} of its token accounts.", who=others[0] or "", number=len(others)
    )
    return topic.failed(closes, Grade.D)


def _age(facts: WalletFacts) -> Check:
    topic = _topic(facts, CheckName.AGE, Family.IDENTITY)
    history = facts.history
    if isinstance(history, NotRead):
        return _unknown(topic, history)
    if not history.times:
        return topic.warned(sentence("It has no transaction yet."), Grade.C)
    seconds = facts.now - history.times[-1]
    if not history.is_complete:
        return topic.passed(
            counted("At least {number} day old.", "At least {number} days old.", seconds // DAY)
        )
    if seconds < YOUNG_SECONDS:
        return topic.warned(sentence("It is younger than a day."), Grade.C)
    return topic.passed(counted("{number} day old.", "{number} days old.", seconds // DAY))


def _bot(facts: WalletFacts) -> Check:
    """By pace and hours: a program keeps both."""
    topic = _topic(facts, CheckName.BOT, Family.TRADING)
    history = facts.history
    if isinstance(history, NotRead):
        return _unknown(topic, history)
    times = history.times
    if len(times) < MIN_HISTORY:
        return topic.unknown(
            counted("Only {number} transaction.", "Only {number} transactions.", len(times)), Grade.C
        )
    per_day = len(times) * DAY / max(times[0] - times[-1], 1)
    pause = median(newer - older for newer, older in pairwise(times))
    hours = len({time % DAY // 3_600 for time in times})
    if pause <= BOT_SECONDS or per_day >= BOT_PER_DAY:
        busy = sentence(
            "It acts like a program: {number} transactions a day.", number=Figure(f"{per_day:,.0f}")
        )
        return topic.warned(busy, Grade.C)
    if hours >= BUSY_HOURS and times[0] - times[-1] <= len(times) * 3_600:
        sleepless = sentence("It acts in {hours} of 24 hours, more than once an hour.", hours=hours)
        return topic.warned(sleepless, Grade.C)
    pace = Figure(f"{per_day:,.1f}")
    return topic.passed(
        sentence("It acts at the pace of a person: {number} transactions a day.", number=pace)
    )


def _dormant(facts: WalletFacts) -> Check:
    topic = _topic(facts, CheckName.DORMANT, Family.TRADING)
    history = facts.history
    if isinstance(history, NotRead):
        return _unknown(topic, history)
    for index, (newer, older) in enumerate(pairwise(history.times)):
        after = sum(time <= newer + DAY for time in history.times[: index + 1])
        if newer - older >= DORMANT_SECONDS and after >= BURST:
            woken = counted(
                "It slept for {number} day, then made {transactions} transactions within a day.",
                "It slept for {number} days, then made {transactions} transactions within a day.",
                (newer - older) // DAY,
                transactions=after,
            )
            return topic.warned(woken, Grade.C)
    return topic.passed(sentence("No burst after a long silence."))


def _service(facts: WalletFacts) -> Check:
    """Exchanges and services deal with everybody."""
    topic = _topic(facts, CheckName.INFRASTRUCTURE, Family.IDENTITY)
    if isinstance(facts.activities, NotRead):
        return _unknown(topic, facts.activities)
    parties = {one.counterparty for one in facts.activities if one.counterparty is not None}
    if len(parties) >= SERVICE_PARTIES:
        many = sentence(
            "It dealt with {number} wallets lately, as exchanges and services do.", number=len(parties)
        )
        return topic.warned(many, Grade.C)
    few = counted(
        "It dealt with {number} other wallet lately.",
        "It dealt with {number} other wallets lately.",
        len(parties),
    )
    return topic.passed(few)


def _distributor(facts: WalletFacts) -> Check:
    topic = _topic(facts, CheckName.DISTRIBUTOR, Family.TRADING)
    if isinstance(facts.activities, NotRead):
        return _unknown(topic, facts.activities)
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for one in facts.activities:
        if one.kind is Kind.TRANSFER_OUT and one.counterparty is not None:
            for leg in one.paid:
                sums[leg.mint][one.counterparty] = leg.raw
    for mint, paid in sums.items():
        middle = median(paid.values())
        near = sum(abs(raw - middle) <= NEAR_EQUAL * middle for raw in paid.values())
        if near >= MIN_PAID:
            what: Value = "SOL" if mint == SOL else sentence("token {mint}", mint=short(mint))
            sent = sentence("It sent near-equal sums of {what} to {number} wallets.", what=what, number=near)
            return topic.warned(sent, Grade.C)
    return topic.passed(sentence("It sends no near-equal sums to many wallets."))


def _trading(facts: WalletFacts) -> tuple[Check, Check]:
    """Return what it sold without having bought it: somebody gave it that."""
    topics = [
        _topic(facts, CheckName.SOLD_MORE_THAN_BOUGHT, Family.TRADING),
        _topic(facts, CheckName.NEVER_BOUGHT, Family.TRADING),
    ]
    if isinstance(facts.activities, NotRead):
        return _unknown(topics[0], facts.activities), _unknown(topics[1], facts.activities)
    bought, sold = _traded(facts.activities)
    more = [mint for mint, raw in sold.items() if 0 < bought.get(mint, 0) < raw]
    never = [mint for mint in sold if mint not in bought]
    return (
        _sold(facts, topics[0], _more_than_bought(more), is_idle=not sold),
        _sold(facts, topics[1], _never_bought(never), is_idle=not sold),
    )


def _more_than_bought(mints: Sequence[str]) -> Sentence | None:
    if not mints:
        return None
    return counted(
        "It sold more than it bought of {number} token, such as {mint}.",
        "It sold more than it bought of {number} tokens, such as {mint}.",
        len(mints),
        mint=short(mints[0]),
    )


def _never_bought(mints: Sequence[str]) -> Sentence | None:
    if not mints:
        return None
    return counted(
        "It sold {number} token that it never bought, such as {mint}.",
        "It sold {number} tokens that it never bought, such as {mint}.",
        len(mints),
        mint=short(mints[0]),
    )


def _sold(facts: WalletFacts, topic: Topic, found: Sentence | None, *, is_idle: bool) -> Check:
    if found is not None and facts.activities_complete:
        return topic.warned(found, Grade.C)
    if found is not None:
        return topic.unknown(sentence("It may have bought earlier than its transactions were read."), Grade.C)
    if is_idle:
        return topic.passed(sentence("It sold nothing lately."))
    return topic.passed(sentence("What it sold lately it had bought."))


def _traded(activities: Sequence[Activity]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return what it bought and what it sold, by mint; money left out."""
    bought: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    for one in activities:
        if one.kind in TRADES:
            token = None if one.price is None else one.price.token
            bought.update({leg.mint: leg.raw for leg in one.received if _is_token(one, leg.mint, token)})
            sold.update({leg.mint: leg.raw for leg in one.paid if _is_token(one, leg.mint, token)})
    return bought, sold


def _is_token(activity: Activity, mint: str, priced: str | None) -> bool:
    """Return whether a leg is what was traded, and not what it was traded for."""
    if mint == SOL or activity.kind is Kind.SWAP:
        return False
    return priced is None or mint == priced
