"""Rules and hours in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.activity.activity import Kind
from domain.rules.rules import FOREVER, NO_RULES, ChatSettings, Digest, Quiet, Rules
from messaging.telegram.escaping import plain
from messaging.telegram.texts.rules import hours_text, is_forever, muted_token, muted_wallet, rules_text
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
    assert "Not told: transfer in" in text
    assert "and 12 more" in text
    assert "Never these tokens: <b>" in text
    assert "/rules Moby min 1000" in text


def test_no_rules() -> None:
    text = rules_text(None, NO_RULES)
    assert "all wallets" in text
    assert "nothing is left out" in text


def test_hours() -> None:
    settings = ChatSettings(
        quiet=Quiet(begin=1380, end=420), zone="Europe/Berlin", digest=Digest.DAILY, per_hour=5
    )
    text = plain(hours_text(settings, NOW))
    assert "Quiet hours: 23:00–07:00" in text
    assert "where it is 14:00" in text
    assert "daily at 08:00" in text
    assert "in an hour: 5, the rest together" in text
    assert "none, each alert at once" in hours_text(ChatSettings(), NOW)


def test_mutes() -> None:
    assert "for good" in muted_token("m", FOREVER)
    assert "2026-07-01 13:00" in muted_wallet(WATCH, NOW + timedelta(hours=1))
    assert "again" in muted_wallet(WATCH, None)
    assert is_forever(FOREVER)
    assert not is_forever(NOW)
