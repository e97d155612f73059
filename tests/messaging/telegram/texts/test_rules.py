"""Rules and hours in words."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from domain.rules.rehearsal import Rehearsal
from domain.rules.rules import NO_RULES, Rules
from messaging.languages.choice import locale_of
from messaging.telegram.escaping import plain
from messaging.telegram.texts.rule_words import KINDS, conflicts
from messaging.telegram.texts.rules import rehearsal_text, rules_text, zone_words
from tests.domain.rules.samples import WATCH

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_rules_of_a_wallet() -> None:
    rules = Rules(
        min_usd=Decimal(1000),
        kinds_off=frozenset({Kind.TRANSFER_IN}),
        only_tokens=frozenset(map(str, range(20))),
        never_tokens=frozenset({"<b>"}),
    )
    text = plain(rules_text(replace(WATCH, label="Moby"), rules))
    assert "Rules for Moby" in text
    assert "Minimum: $1,000 · maximum: none" in text
    assert "Muted types: transfer in" in text
    assert "and 12 more" in text
    assert "Never these tokens: <b>" in text
    assert "/rules Moby min 1000" in text


def test_without_rules_everything_comes() -> None:
    text = rules_text(None, NO_RULES)
    assert "all wallets" in text
    assert "Alert types: all" in text


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(min_usd=Decimal(1000), max_usd=Decimal(10)), "The minimum is above the maximum"),
        (Rules(kinds_off=frozenset(KINDS)), "All types are muted"),
        (Rules(only_tokens=frozenset({"SOL"}), never_tokens=frozenset({"SOL"})), "excluded, too"),
        (Rules(only_tokens=frozenset({"SOL", "m"}), never_tokens=frozenset({"SOL"})), "stays excluded"),
        (Rules(first_buy_only=True, kinds_off=frozenset({Kind.BUY})), "buys are muted"),
        (Rules(full_exit_only=True, kinds_off=frozenset({Kind.SELL})), "sells are muted"),
    ],
)
def test_rules_that_contradict_each_other_are_pointed_out(rules: Rules, said: str) -> None:
    (line,) = conflicts(rules)
    assert said in line
    assert line in rules_text(None, rules)


def test_rules_that_agree_are_not_pointed_out() -> None:
    assert conflicts(Rules(min_usd=Decimal(10), max_usd=Decimal(1000), max_age_seconds=5)) == []


def test_a_reset_names_whose_rules_it_was() -> None:
    assert "Rules for all wallets were reset." in rules_text(None, NO_RULES, is_reset=True)


def test_an_offset_is_called_as_people_count_it() -> None:
    assert zone_words("Etc/GMT-2") == "UTC+2 (no daylight saving)"
    assert zone_words("Etc/GMT+5") == "UTC-5 (no daylight saving)"
    assert zone_words("Europe/Berlin") == "Europe/Berlin"


def rehearsed(number: int, of_busiest: int, *, is_cut: bool = False) -> Rehearsal:
    return Rehearsal(
        number=number,
        busiest=1,
        of_busiest=of_busiest,
        minimum=Decimal(2_000),
        with_minimum=9,
        is_cut=is_cut,
    )


def test_last_week_says_how_many_whose_and_how_a_minimum_would_do() -> None:
    assert rehearsal_text(rehearsed(41, 38), replace(WATCH, label="Moby")) == (
        "🎬 Last week: 41 alerts, 38 of them from Moby. With a minimum of $2,000: 9."
    )
    assert rehearsal_text(rehearsed(41, 9), WATCH) == "🎬 Last week: 41 alerts. With a minimum of $2,000: 9."
    assert rehearsal_text(rehearsed(8_000, 9, is_cut=True), None).startswith("🎬 Last week: at least 8,000")
    assert rehearsal_text(rehearsed(0, 0), None) == ""


@pytest.mark.parametrize(
    ("language", "tag", "title"),
    [
        ("en", "", "Rules for all wallets"),
        ("es", "", "Reglas de todos los monederos"),
        ("ru", "", "Правила для всех кошельков"),
        ("ru", "degen", "Правила для кошельков с меткой #degen"),
        ("zh", "", "全部钱包的规则"),
    ],
)
def test_its_title_is_a_sentence_in_each_language(language: str, tag: str, title: str) -> None:
    said = plain(rules_text(None, NO_RULES, tag=tag, is_reset=True, locale=locale_of(language)))
    assert said.splitlines()[1] == title
