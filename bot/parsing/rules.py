"""Parses what people write about rules: `min 1000 max 50k`, `off sell`, `only WIF`. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from msgspec import structs

from bot.parsing.times import parse_span
from domain.activity.activity import SOL, WRAPPED_SOL, Kind
from domain.activity.addresses import addresses_in, parse_address
from domain.errors import BadInput
from domain.rules.decisions import SENT_BY_DEFAULT
from domain.rules.rules import MAX_TOKENS, NO_RULES, Rules

MAX_DOLLARS = Decimal(10) ** 12
_SUFFIXES = {"": 1, "k": 1_000, "m": 1_000_000}
_AMOUNT = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,2})?\s*([km]?)", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,2})\s*%?")
_MAX_TOP = 95
_MAX_ECHO = 40
_SWITCH = {"on": True, "yes": True, "off": False, "no": False, "": True}

Change = Callable[[Rules], Rules]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRule:
    """One rule of a line: its verb, and the words that belong to it."""

    verb: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.verb, *self.words))


def split_rules(words: str) -> tuple[str, list[WrittenRule]]:
    """The words before the first rule, and the rules of a line: `min 1000 max 50k` are two."""
    before: list[str] = []
    found: list[WrittenRule] = []
    for word in words.split():
        last = found[-1] if found else None
        if word.lower() in _READERS and not (last is not None and _takes(last, word.lower())):
            found.append(WrittenRule(verb=word.lower()))
        elif last is None:
            before.append(word)
        else:
            found[-1] = replace(last, words=(*last.words, word))
    return " ".join(before), found


def _takes(rule: WrittenRule, word: str) -> bool:
    """Return whether a word that could begin a rule is what the rule before it waits for."""
    if rule.words:
        return False
    if rule.verb in {"first", "exit"}:
        return word in _SWITCH
    return rule.verb not in {"any", "reset"}


def token_words(rules: Sequence[WrittenRule]) -> list[str]:
    """The words that stand for tokens in the rules, without those that are addresses or SOL."""
    lists = [rule for rule in rules if rule.verb in {"only", "never", "any"}]
    words = [word for rule in lists for word in " ".join(rule.words).replace(",", " ").split()]
    return [word for word in dict.fromkeys(words) if not addresses_in(word) and word.upper() != SOL]


def parse_change(words: str, inherited: Rules) -> Change:
    """The change that the words ask for, of the own rules of a watch or chat.

    Args:
        words: one or more of `min 1000`, `max 50k`, `off sell`, `on sell`, `first on`, `exit off`,
            `only MINT`, `never MINT`, `any MINT`, `age 1h-7d`, `cap 100k-`, `liq 10k`, `top 20%`, `reset`.
        inherited: the rules that count if the own rules say nothing.

    Raises:
        BadInput: the words ask for no known change; the text says what one may write.
    """
    before, rules = split_rules(words)
    if before or not rules:
        raise BadInput(
            "“{word}” is no rule and no wallet that you follow. Write one of: {examples}.",
            word=before[:_MAX_ECHO],
            examples="min 1000, max 50k, off sell, on sell, first on, exit on, only WIF, never WIF, any,"
            " age 1h-7d, cap 100k-5m, liq 10k, top 20%, reset",
        )
    changes = [_READERS[rule.verb](" ".join(rule.words), inherited) for rule in rules]

    def change(old: Rules) -> Rules:
        for one in changes:
            old = one(old)
        return old

    return change


def parse_dollars(text: str) -> Decimal:
    """Dollars for `1000`, `$1,000`, `1.5k`, and 0 for `none`.

    Raises:
        BadInput: it is no amount.
    """
    if text.lower() in {"none", "off", "no"}:
        return Decimal(0)
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise BadInput("Write a dollar amount, e.g. 1000 or 2.5k, or none.")
    whole, cents, suffix = found.groups()
    amount = Decimal(whole.replace(",", "") + (cents or "")) * _SUFFIXES[suffix.lower()]
    return min(amount, MAX_DOLLARS)


def kinds_named(word: str) -> frozenset[Kind]:
    """The kinds that a word names: `sell`, or `transfer` for both directions.

    Raises:
        BadInput: none.
    """
    wanted = word.strip().lower().replace(" ", "_")
    kinds = frozenset(kind for kind in SENT_BY_DEFAULT if kind == wanted or kind.startswith(f"{wanted}_"))
    if not kinds or not wanted:
        known = ", ".join(kind.replace("_", " ") for kind in Kind if kind in SENT_BY_DEFAULT)
        raise BadInput("There is no such type of alert. There are: {list}.", list=known)
    return kinds


def _minimum(rest: str, inherited: Rules) -> Change:
    del inherited
    amount = parse_dollars(rest)
    return lambda old: structs.replace(old, min_usd=amount)


def _maximum(rest: str, inherited: Rules) -> Change:
    del inherited
    amount = parse_dollars(rest)
    return lambda old: structs.replace(old, max_usd=amount)


def _age(rest: str, inherited: Rules) -> Change:
    del inherited
    minimum, maximum = (_seconds(end) for end in split_range(rest, "age 1h-7d, age 30m-, age -1d, age any"))
    if maximum and minimum > maximum:
        raise BadInput("Put the smaller age first, e.g. {example}.", example="age 1h-7d")
    return lambda old: structs.replace(old, min_age_seconds=minimum, max_age_seconds=maximum)


def _seconds(text: str) -> int:
    return int(parse_span(text)) if text else 0


def _market_cap(rest: str, inherited: Rules) -> Change:
    del inherited
    low, high = split_range(rest, "cap 100k-5m, cap 1m-, cap -500k, cap any")
    minimum, maximum = (parse_dollars(end) if end else Decimal(0) for end in (low, high))
    if maximum and minimum > maximum:
        raise BadInput("Put the smaller amount first, e.g. {example}.", example="cap 100k-5m")
    return lambda old: structs.replace(old, min_market_cap=minimum, max_market_cap=maximum)


def _liquidity(rest: str, inherited: Rules) -> Change:
    del inherited
    amount = Decimal(0) if rest.strip().lower() == "any" else parse_dollars(rest)
    return lambda old: structs.replace(old, min_liquidity=amount)


def _top(rest: str, inherited: Rules) -> Change:
    """`20%`: only what is among the largest fifth of the wallet's own trades."""
    del inherited
    if rest.strip().lower() in {"any", "off", "none"}:
        return lambda old: structs.replace(old, min_percentile=0)
    found = _PERCENT.fullmatch(rest.strip())
    if found is None or not 1 <= int(found[1]) <= _MAX_TOP:
        raise BadInput("Write top 20%: only a wallet's largest trades, by its own; or top any.")
    return lambda old: structs.replace(old, min_percentile=100 - int(found[1]))


def split_range(text: str, examples: str) -> tuple[str, str]:
    """Both ends of a range like `1h-7d`, `1h-` or `-7d`; an open end is empty, and `any` is open at both.

    Raises:
        BadInput: it is no range; the text gives the examples.
    """
    if text.lower() in {"any", "off", "none"}:
        return "", ""
    low, dash, high = (part.strip() for part in text.replace("–", "-").partition("-"))
    if not dash or not (low or high):
        raise BadInput("Write one of: {examples}.", examples=examples)
    return low, high


def _switch(rest: str) -> bool:
    word = rest.lower()
    if word not in _SWITCH:
        raise BadInput("Write on or off.")
    return _SWITCH[word]


def _first(rest: str, inherited: Rules) -> Change:
    del inherited
    wanted = _switch(rest)
    return lambda old: structs.replace(old, first_buy_only=wanted)


def _exit(rest: str, inherited: Rules) -> Change:
    del inherited
    wanted = _switch(rest)
    return lambda old: structs.replace(old, full_exit_only=wanted)


def _off(rest: str, inherited: Rules) -> Change:
    kinds = kinds_named(rest)
    return lambda old: structs.replace(old, kinds_off=_silent(old, inherited) | kinds)


def _on(rest: str, inherited: Rules) -> Change:
    kinds = kinds_named(rest)
    return lambda old: structs.replace(old, kinds_off=_silent(old, inherited) - kinds)


def _silent(own: Rules, inherited: Rules) -> frozenset[Kind]:
    return (inherited.kinds_off if own.kinds_off is None else own.kinds_off) or frozenset()


def _only(rest: str, inherited: Rules) -> Change:
    mints = _mints(rest)
    return lambda old: structs.replace(
        old, only_tokens=_bounded((old.only_tokens or inherited.only_tokens or frozenset()) | mints)
    )


def _never(rest: str, inherited: Rules) -> Change:
    del inherited
    mints = _mints(rest)
    return lambda old: structs.replace(old, never_tokens=_bounded((old.never_tokens or frozenset()) | mints))


def _any(rest: str, inherited: Rules) -> Change:
    """Remove tokens from both lists; without a token empty the lists."""
    mints = _mints(rest) if rest else None

    def change(old: Rules) -> Rules:
        only = old.only_tokens or inherited.only_tokens or frozenset()
        never = old.never_tokens or frozenset()
        return structs.replace(
            old,
            only_tokens=frozenset() if mints is None else only - mints,
            never_tokens=None if mints is None else never - mints or None,
        )

    return change


def _reset(rest: str, inherited: Rules) -> Change:
    del rest, inherited
    return lambda _: NO_RULES


def _mints(rest: str) -> frozenset[str]:
    words = rest.replace(",", " ").split()
    if not words:
        raise BadInput("Which token? Add its symbol or mint address, e.g. only WIF.")
    return frozenset(
        SOL if word.upper() == SOL or word == WRAPPED_SOL else parse_address(word) for word in words
    )


def _bounded(mints: frozenset[str]) -> frozenset[str]:
    if len(mints) > MAX_TOKENS:
        raise BadInput("A list may hold {limit} tokens.", limit=MAX_TOKENS)
    return mints


_READERS: dict[str, Callable[[str, Rules], Change]] = {
    "min": _minimum,
    "max": _maximum,
    "first": _first,
    "exit": _exit,
    "off": _off,
    "on": _on,
    "only": _only,
    "never": _never,
    "any": _any,
    "age": _age,
    "cap": _market_cap,
    "liq": _liquidity,
    "top": _top,
    "reset": _reset,
}
