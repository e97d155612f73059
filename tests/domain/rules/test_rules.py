"""Rules of a watch and of its chat together, and through JSON.
What chats call wallets, where several bear one name.
"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from hypothesis import given

from domain.rules.rules import (
    MAX_LABEL,
    NO_RULES,
    ChatSettings,
    Rules,
    Watch,
    counting_rules,
    distinct_label,
    distinguish,
    effective,
    namesakes,
)
from tests.domain.rules.samples import RULES

WHALE = "So11111111111111111111111111111111111111112"
OTHER_WHALE = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


@given(RULES, RULES)
def test_the_watchs_own_word_counts_before_the_chats(own: Rules, chat: Rules) -> None:
    both = effective(own, chat)
    assert both.min_usd == (chat.min_usd if own.min_usd is None else own.min_usd)
    assert both.kinds_off == (chat.kinds_off if own.kinds_off is None else own.kinds_off)
    assert (both.never_tokens or set()) >= (own.never_tokens or set()) | (chat.never_tokens or set())


@given(RULES)
def test_no_rules_change_nothing(rules: Rules) -> None:
    assert effective(NO_RULES, rules) == rules


@given(RULES)
def test_settings_survive_json(rules: Rules) -> None:
    settings = ChatSettings(rules=rules)
    assert msgspec.json.decode(msgspec.json.encode(settings), type=ChatSettings) == settings


def test_what_is_not_set_takes_no_room() -> None:
    assert msgspec.json.encode(ChatSettings()) == b"{}"
    assert msgspec.json.encode(NO_RULES) == b"{}"


def watch(number: int, wallet: str, label: str) -> Watch:
    return Watch(
        watch_id=number,
        chat_id=1,
        topic_id=0,
        chain="solana",
        wallet=wallet,
        label=label,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_wallets_of_one_name_are_distinguished_by_address() -> None:
    moby, twin, tusk = watch(1, WHALE, "Moby"), watch(3, OTHER_WHALE, "moby"), watch(2, OTHER_WHALE, "Tusk")
    assert namesakes([moby, twin], moby) == [twin]
    assert distinguish([moby, twin], moby).label == "Moby So11…1112"
    assert distinguish([moby, twin], twin).label == "moby Toke…Q5DA"
    assert distinguish([moby, tusk], moby) == moby
    unnamed = [watch(1, WHALE, ""), watch(2, OTHER_WHALE, "")]
    assert distinguish(unnamed, unnamed[0]) == unnamed[0]


def test_a_long_name_makes_room_for_the_address() -> None:
    assert distinct_label("x" * MAX_LABEL, WHALE) == "x" * 21 + "… So11…1112"


def test_a_wallets_own_rule_counts_before_its_first_tags_and_that_before_the_chats() -> None:
    settings = ChatSettings(
        rules=Rules(min_usd=Decimal(1), max_usd=Decimal(9), first_buy_only=True),
        tag_rules={"a": Rules(min_usd=Decimal(2)), "b": Rules(min_usd=Decimal(3), max_usd=Decimal(8))},
    )
    tagged = replace(watch(1, WHALE, "Moby"), settings=settings, tags=("a", "b", "c"))
    assert counting_rules(tagged) == Rules(min_usd=Decimal(2), max_usd=Decimal(8), first_buy_only=True)
    own = replace(tagged, rules=Rules(min_usd=Decimal(4)))
    assert counting_rules(own).min_usd == Decimal(4)
    assert counting_rules(replace(tagged, tags=())) == settings.rules
