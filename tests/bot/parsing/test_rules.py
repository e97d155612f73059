"""What people write about rules."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing.rules import kinds_named, parse_change, parse_dollars, split_rules, token_words
from domain.activity.activity import Kind
from domain.errors import BadInput
from domain.rules.rules import MAX_TOKENS, NO_RULES, Rules

MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def after(words: str, own: Rules = NO_RULES, inherited: Rules = NO_RULES) -> Rules:
    return parse_change(words, inherited)(own)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1000", 1000), ("$1,000", 1000), ("1.5k", 1500), ("2M", 2_000_000), ("none", 0), ("12.34", "12.34")],
)
def test_amounts_of_dollars_are_read_as_people_write_them(text: str, amount: object) -> None:
    assert parse_dollars(text) == Decimal(str(amount))


@pytest.mark.parametrize("text", ["", "-5", "1e9", "1,00", "NaN", "much", "1" * 40])
def test_what_is_no_amount_of_dollars_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_dollars(text)


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("age 1h-7d", Rules(min_age_seconds=3600, max_age_seconds=7 * 86400)),
        ("age 30m-", Rules(min_age_seconds=1800, max_age_seconds=0)),
        ("age -1d", Rules(min_age_seconds=0, max_age_seconds=86400)),
        ("age 1 month-", Rules(min_age_seconds=30 * 86400, max_age_seconds=0)),
        ("age any", Rules(min_age_seconds=0, max_age_seconds=0)),
        ("cap 100k-5m", Rules(min_market_cap=Decimal(100_000), max_market_cap=Decimal(5_000_000))),
        ("cap $1,000 – $2,000", Rules(min_market_cap=Decimal(1000), max_market_cap=Decimal(2000))),
        ("cap -500k", Rules(min_market_cap=Decimal(0), max_market_cap=Decimal(500_000))),
        ("cap any", Rules(min_market_cap=Decimal(0), max_market_cap=Decimal(0))),
        ("liq 10k", Rules(min_liquidity=Decimal(10_000))),
        ("liq any", Rules(min_liquidity=Decimal(0))),
    ],
)
def test_age_and_market_cap(words: str, rules: Rules) -> None:
    assert after(words) == rules


@pytest.mark.parametrize("words", ["age", "age 7d", "age 7d-1h", "age old-", "age -", "cap 5m-1m", "cap x-"])
def test_what_is_no_range_says_what_to_write(words: str) -> None:
    with pytest.raises(BadInput):
        after(words)


def test_a_kind_or_both_of_a_pair() -> None:
    assert kinds_named("sell") == {Kind.SELL}
    assert kinds_named("transfer") == {Kind.TRANSFER_IN, Kind.TRANSFER_OUT}
    assert kinds_named("Transfer in") == {Kind.TRANSFER_IN}
    with pytest.raises(BadInput):
        kinds_named("")


def test_each_word_changes_its_rule_and_no_other() -> None:
    own = Rules(max_usd=Decimal(9))
    assert after("min 5", own) == Rules(min_usd=Decimal(5), max_usd=Decimal(9))
    assert after("max none", own) == Rules(max_usd=Decimal(0))
    assert after("first", own).first_buy_only is True
    assert after("exit off", own).full_exit_only is False
    assert after("off sell", own).kinds_off == frozenset({Kind.SELL})
    assert after("only SOL", own).only_tokens == frozenset({"SOL"})
    assert after(f"never {MINT}, sol", own).never_tokens == frozenset({MINT, "SOL"})
    assert after("reset all", own) == NO_RULES


def test_a_change_begins_with_what_the_chat_says() -> None:
    chat = Rules(kinds_off=frozenset({Kind.SELL}))
    assert after("off buy", inherited=chat).kinds_off == frozenset({Kind.BUY, Kind.SELL})
    assert after("on sell", inherited=chat).kinds_off == frozenset()


def test_tokens_are_taken_from_the_lists() -> None:
    own = Rules(only_tokens=frozenset({"SOL", MINT}), never_tokens=frozenset({MINT}))
    assert after(f"any {MINT}", own) == Rules(only_tokens=frozenset({"SOL"}))
    assert after("any", own) == Rules(only_tokens=frozenset())


def test_a_list_has_an_end() -> None:
    with pytest.raises(BadInput):
        after("never SOL", Rules(never_tokens=frozenset(map(str, range(MAX_TOKENS)))))


def test_several_rules_stand_in_one_line() -> None:
    assert after("min 1000 max 50k") == Rules(min_usd=Decimal(1000), max_usd=Decimal(50_000))
    assert after("first on off sell age any never SOL exit max off") == Rules(
        first_buy_only=True,
        kinds_off=frozenset({Kind.SELL}),
        min_age_seconds=0,
        max_age_seconds=0,
        never_tokens=frozenset({"SOL"}),
        full_exit_only=True,
        max_usd=Decimal(0),
    )


def test_the_words_before_the_first_rule_are_distinguished() -> None:
    before, rules = split_rules("Nobody here min 5")
    assert before == "Nobody here"
    assert [str(rule) for rule in rules] == ["min 5"]


def test_a_name_that_is_no_rule_is_said_to_be_unknown() -> None:
    with pytest.raises(BadInput, match="“Nobody” is no rule and no wallet that you follow"):
        after("Nobody min 5")


def test_tokens_are_named_by_symbol_link_or_mint() -> None:
    _, rules = split_rules(f"only WIF, sol {MINT} never MITTEN max 5")
    assert token_words(rules) == ["WIF", "MITTEN"]
    assert after(f"only https://solscan.io/token/{MINT}").only_tokens == frozenset({MINT})


@given(st.text())
def test_any_text_is_a_change_or_bad_input(words: str) -> None:
    with suppress(BadInput):
        assert isinstance(after(words), Rules)
