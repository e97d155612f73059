"""The gates and what they may say.
Why something was decided, kept with it.
"""

from dataclasses import replace
from decimal import Decimal

from domain.rules.decisions import GATES
from domain.rules.gates import (
    DEFERRING,
    NO_FACTS,
    NO_REASONS,
    OVER_LIMIT,
    Decision,
    Facts,
    Gate,
    asked_of,
    read_reasons,
    reasons_text,
)
from domain.rules.rules import FOREVER, ChatSettings, Rules
from tests.domain.rules.samples import BOUGHT, SOLD, WATCH


def test_every_gate_but_the_open_one_is_asked_once() -> None:
    assert [gate for gate, _ in GATES] == [gate for gate in Gate if gate is not Gate.WANTED]


def test_gates_that_defer_are_asked_last_so_that_what_is_stopped_is_never_deferred() -> None:
    assert {gate for gate, _ in GATES[-len(DEFERRING) :]} == DEFERRING
    assert OVER_LIMIT < DEFERRING


def test_some_gates_ask_only_of_purchases_or_sales() -> None:
    assert asked_of(BOUGHT) >= {Gate.NOT_FIRST_BUY, Gate.BELOW_PERCENTILE, Gate.BELOW_MINIMUM}
    assert Gate.NOT_FULL_EXIT not in asked_of(BOUGHT)
    assert asked_of(SOLD) >= {Gate.NOT_FULL_EXIT, Gate.BELOW_PERCENTILE}
    assert Gate.NOT_FIRST_BUY not in asked_of(SOLD)


def test_that_it_came_past_all_rules_is_kept() -> None:
    kept = reasons_text(replace(WATCH, is_holder=True), NO_FACTS, Decision(gate=Gate.WANTED, outranks=True))
    assert read_reasons(kept).outranks


def test_who_has_set_nothing_costs_nothing() -> None:
    assert reasons_text(WATCH, NO_FACTS, Decision(gate=Gate.WANTED)) is None
    assert read_reasons(None) == NO_REASONS


def test_rules_of_watch_and_chat_and_the_facts_survive() -> None:
    settings = ChatSettings(rules=Rules(max_usd=Decimal(9)), muted_tokens={"m": FOREVER}, zone="Asia/Tokyo")
    watch = replace(WATCH, rules=Rules(min_usd=Decimal(5)), settings=settings)
    decision = Decision(gate=Gate.WANTED, unknown=(Gate.NOT_FIRST_BUY,))
    reasons = read_reasons(reasons_text(watch, Facts(usd=Decimal("7.5")), decision))
    assert reasons.rules == Rules(min_usd=Decimal(5), max_usd=Decimal(9))
    assert reasons.usd == Decimal("7.5")
    assert reasons.unknown == (Gate.NOT_FIRST_BUY,)
    assert reasons.settings == ChatSettings(zone="Asia/Tokyo")
