"""Rules of a watch and of its chat together, and through JSON."""

import msgspec
from hypothesis import given

from domain.rules.rules import NO_RULES, ChatSettings, Rules, effective
from tests.domain.rules.samples import RULES


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
