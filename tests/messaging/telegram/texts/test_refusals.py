"""Why a wallet is not followed."""

from datetime import UTC, datetime

import pytest

from domain.rules.tiers import NearLimit
from messaging.languages.choice import locale_of
from messaging.telegram.escaping import plain
from messaging.telegram.texts import paper, web, webhooks
from messaging.telegram.texts.refusals import (
    busy_now,
    limit_reached,
    near_limit,
    paused_over_limit,
    reason_refused,
)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("program", "is a program"),
        ("banned", "is blocked by the operators"),
        ("limit", "limit of 5 wallets reached"),
    ],
)
def test_a_list_says_of_each_address_why(reason: str, text: str) -> None:
    assert reason_refused(reason, 5) == text


def test_numbers_agree_with_their_nouns() -> None:
    assert limit_reached(1) == "limit of 1 wallet reached"
    assert near_limit(NearLimit(used=1_900, limit=2_000)) == "\n📏 1,900 of 2,000 wallets used."
    assert paused_over_limit(1).startswith("⏸ Over your limit, the newest wallet pauses.")
    assert paused_over_limit(3).startswith("⏸ Over your limit, the newest 3 wallets pause.")


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "2 of 2 wallets used.",
                "2 of 2 API keys used.",
                "2 of 2 paper campaigns used.",
                "2 of 2 webhooks used.",
            ],
        ),
        (
            "es",
            [
                "2 de 2 monederos usados.",
                "2 de 2 claves de API usadas.",
                "2 de 2 campañas en papel usadas.",
                "2 de 2 webhooks usados.",
            ],
        ),
        (
            "ru",
            [
                "Использовано 2 из 2 кошельков.",
                "Использовано 2 из 2 ключей API.",
                "Использовано 2 из 2 бумажных кампаний.",
                "Использовано 2 из 2 вебхуков.",
            ],
        ),
        ("zh", ["钱包已用 2/2。", "API 密钥已用 2/2。", "模拟活动已用 2/2。", "webhook 已用 2/2。"]),
    ],
)
def test_what_is_near_its_limit_is_named_in_each_language(language: str, lines: list[str]) -> None:
    near, locale = NearLimit(used=2, limit=2), locale_of(language)
    said = [
        one(near, locale=locale)
        for one in (near_limit, web.near_limit, paper.near_limit, webhooks.near_limit)
    ]
    assert said == [f"\n📏 {line}" for line in lines]
    assert near_limit(None, locale=locale) == ""


def test_who_follows_a_busy_wallet_reads_when_its_events_come() -> None:
    assert busy_now(100, None) == ""
    line = plain(busy_now(100, datetime(2026, 1, 1, 15, tzinfo=UTC)))
    assert line == (
        "\n🌙 It is busy: after 100 events this hour the next ones come together at 15:00 UTC."
        " /settings busy off sends all at once."
    )
