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
from domain.security.checks import Check, Family, Grade, NotRead, Topic
from domain.security.wallet_facts import WalletFacts

SYSTEM_PROGRAM = "11111111111111111111111111111111"
DAY = 86_400
MIN_HISTORY = 20
"""Transactions; fewer say nothing of habits."""
BOT_PER_DAY = 500
"""Transactions a day that no person makes."""
BOT_SECONDS = 5
"""So often a wallet acts that no person follows: the middle interval between transactions."""
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
DUST_LAMPORTS = 100_000
"""What poisoners send, so that their look-alike address stands in the history."""
_END = 4
"""Characters at each end of an address by which people compare."""


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
        _look_alikes(facts),
    )


def _topic(facts: WalletFacts, name: str, family: Family) -> Topic:
    return Topic(name=name, family=family, source=facts.source)


def _unknown(topic: Topic, missing: NotRead) -> Check:
    return topic.unknown(missing.reason, Grade.C)


def _owner(facts: WalletFacts) -> Check:
    """Whether the account is a wallet's: thieves let victims sign its account over to a program of theirs."""
    topic = _topic(facts, "owner", Family.CONTROL)
    account = facts.account
    if isinstance(account, NotRead):
        return _unknown(topic, account)
    if account.is_program:
        return topic.warned("It is a program, not a wallet.", Grade.C)
    if account.owner in {None, SYSTEM_PROGRAM}:
        return topic.passed("It is a plain wallet: only its key moves its SOL.")
    if account.has_data:
        return topic.warned(f"It belongs to program {account.owner}: a vault or a multisig.", Grade.C)
    return topic.failed(
        f"Its owner was changed to program {account.owner}: its key moves its SOL no more.", Grade.F
    )


def _delegations(facts: WalletFacts) -> Check:
    topic = _topic(facts, "delegations", Family.CONTROL)
    if isinstance(facts.token_accounts, NotRead):
        return _unknown(topic, facts.token_accounts)
    given = [one for one in facts.token_accounts if one.delegate is not None and one.delegated > 0]
    if not given:
        return topic.passed("Nobody else may move its tokens.")
    delegates = Counter(one.delegate for one in given)
    who, times = delegates.most_common(1)[0]
    others = f" and {len(delegates) - 1} others" if len(delegates) > 1 else ""
    return topic.warned(
        f"{who}{others} may move tokens of {len(given)} of its accounts ({times} by the first).", Grade.C
    )


def _close_authorities(facts: WalletFacts) -> Check:
    topic = _topic(facts, "close authorities", Family.CONTROL)
    if isinstance(facts.token_accounts, NotRead):
        return _unknown(topic, facts.token_accounts)
    others = [
        one.close_authority
        for one in facts.token_accounts
        if one.close_authority not in {None, facts.address}
    ]
    if not others:
        return topic.passed("Nobody else may close its token accounts.")
    return topic.failed(f"{others[0]} may close {len(others)} of its token accounts.", Grade.D)


def _age(facts: WalletFacts) -> Check:
    topic = _topic(facts, "age", Family.IDENTITY)
    history = facts.history
    if isinstance(history, NotRead):
        return _unknown(topic, history)
    if not history.times:
        return topic.warned("It has no transaction yet.", Grade.C)
    seconds = facts.now - history.times[-1]
    if not history.is_complete:
        return topic.passed(f"At least {_days(seconds)} old.")
    if seconds < YOUNG_SECONDS:
        return topic.warned("It is younger than a day.", Grade.C)
    return topic.passed(f"{_days(seconds)} old.")


def _days(seconds: int) -> str:
    days = seconds // DAY
    return f"{days:,} days" if days != 1 else "1 day"


def _bot(facts: WalletFacts) -> Check:
    """By pace and hours: a program keeps both."""
    topic = _topic(facts, "bot", Family.TRADING)
    history = facts.history
    if isinstance(history, NotRead):
        return _unknown(topic, history)
    times = history.times
    if len(times) < MIN_HISTORY:
        return topic.unknown(f"Only {len(times)} transactions.", Grade.C)
    per_day = len(times) * DAY / max(times[0] - times[-1], 1)
    pause = median(newer - older for newer, older in pairwise(times))
    hours = len({time % DAY // 3_600 for time in times})
    if pause <= BOT_SECONDS or per_day >= BOT_PER_DAY:
        return topic.warned(f"It acts like a program: {per_day:,.0f} transactions a day.", Grade.C)
    if hours >= BUSY_HOURS and times[0] - times[-1] <= len(times) * 3_600:
        return topic.warned(f"It acts in {hours} of 24 hours, more than once an hour.", Grade.C)
    return topic.passed(f"It acts at the pace of a person: {per_day:,.1f} transactions a day.")


def _dormant(facts: WalletFacts) -> Check:
    topic = _topic(facts, "dormant", Family.TRADING)
    history = facts.history
    if isinstance(history, NotRead):
        return _unknown(topic, history)
    for index, (newer, older) in enumerate(pairwise(history.times)):
        after = sum(time <= newer + DAY for time in history.times[: index + 1])
        if newer - older >= DORMANT_SECONDS and after >= BURST:
            return topic.warned(
                f"It slept for {_days(newer - older)}, then made {after} transactions within a day.", Grade.C
            )
    return topic.passed("No burst after a long silence.")


def _service(facts: WalletFacts) -> Check:
    """Exchanges and services deal with everybody."""
    topic = _topic(facts, "infrastructure", Family.IDENTITY)
    if isinstance(facts.activities, NotRead):
        return _unknown(topic, facts.activities)
    parties = {one.counterparty for one in facts.activities if one.counterparty is not None}
    if len(parties) >= SERVICE_PARTIES:
        return topic.warned(
            f"It dealt with {len(parties)} wallets lately, as exchanges and services do.", Grade.C
        )
    return topic.passed(f"It dealt with {len(parties)} other wallets lately.")


def _distributor(facts: WalletFacts) -> Check:
    topic = _topic(facts, "distributor", Family.TRADING)
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
            what = "SOL" if mint == SOL else f"token {short(mint)}"
            return topic.warned(f"It sent near-equal sums of {what} to {near} wallets.", Grade.C)
    return topic.passed("It sends no near-equal sums to many wallets.")


def _trading(facts: WalletFacts) -> tuple[Check, Check]:
    """What it sold without having bought it: somebody gave it that."""
    topics = [
        _topic(facts, "sold more than bought", Family.TRADING),
        _topic(facts, "never bought", Family.TRADING),
    ]
    if isinstance(facts.activities, NotRead):
        return _unknown(topics[0], facts.activities), _unknown(topics[1], facts.activities)
    bought, sold = _traded(facts.activities)
    more = [mint for mint, raw in sold.items() if 0 < bought.get(mint, 0) < raw]
    never = [mint for mint in sold if mint not in bought]
    words = (
        "It sold more than it bought of {}, such as {}.",
        "It sold {} that it never bought, such as {}.",
    )
    return _sold(facts, topics[0], more, words[0], is_idle=not sold), _sold(
        facts, topics[1], never, words[1], is_idle=not sold
    )


def _sold(facts: WalletFacts, topic: Topic, mints: Sequence[str], words: str, *, is_idle: bool) -> Check:
    if mints and facts.activities_complete:
        return topic.warned(words.format(_tokens(len(mints)), short(mints[0])), Grade.C)
    if mints:
        return topic.unknown("It may have bought earlier than its transactions were read.", Grade.C)
    return topic.passed("It sold nothing lately." if is_idle else "What it sold lately it had bought.")


def _tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{number} tokens"


def _traded(activities: Sequence[Activity]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """What it bought and what it sold, by mint; money left out."""
    bought: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    for one in activities:
        if one.kind in TRADES:
            token = None if one.price is None else one.price.token
            bought.update({leg.mint: leg.raw for leg in one.received if _is_token(one, leg.mint, token)})
            sold.update({leg.mint: leg.raw for leg in one.paid if _is_token(one, leg.mint, token)})
    return bought, sold


def _is_token(activity: Activity, mint: str, priced: str | None) -> bool:
    """Whether a leg is what was traded, and not what it was traded for."""
    if mint == SOL or activity.kind is Kind.SWAP:
        return False
    return priced is None or mint == priced


def _look_alikes(facts: WalletFacts) -> Check:
    """Whether dust came from addresses made to look like those that it deals with."""
    topic = _topic(facts, "poisoned addresses", Family.IDENTITY)
    if isinstance(facts.activities, NotRead):
        return _unknown(topic, facts.activities)
    found = imitators(facts.address, facts.activities)
    if not found:
        return topic.passed("No look-alikes among those that it dealt with.")
    fake, real = next(iter(found.items()))
    return topic.failed(f"{fake} sent it dust and looks like {real}, which it deals with.", Grade.D)


def imitators(address: str, activities: Sequence[Activity]) -> Mapping[str, str]:
    """Senders of dust that look like somebody whom the wallet paid, or like itself; by whom they imitate."""
    paid = {one.counterparty for one in activities if one.kind is Kind.TRANSFER_OUT} - {None} | {address}
    known = {_ends(one): one for one in paid if one is not None}
    return {
        one.counterparty: known[_ends(one.counterparty)]
        for one in activities
        if one.counterparty is not None
        and one.counterparty not in paid
        and _is_dust(one)
        and _ends(one.counterparty) in known
    }


def _ends(address: str) -> tuple[str, str]:
    return address[:_END], address[-_END:]


def _is_dust(activity: Activity) -> bool:
    if activity.kind is not Kind.TRANSFER_IN:
        return False
    return all(leg.mint != SOL or leg.raw <= DUST_LAMPORTS for leg in activity.received)
