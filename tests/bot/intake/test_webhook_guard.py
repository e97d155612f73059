"""The webhook is set again where others have changed it; whoever does that all the time is not fought."""

import pytest
from telegram import WebhookInfo

from bot.intake import webhook_guard
from bot.intake.webhook_guard import CALM_SECONDS, POLLING, WebhookGuard, host_of, intake_of

OURS, OTHER = "https://bot.example/hook", "https://other.example/hook"


class Telegram:
    """What it is told, and the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.set_at: list[float] = []
        self.newer = ""
        self.guard = WebhookGuard(OURS, self.find_newer, self.set_again)
        monkeypatch.setattr(webhook_guard, "monotonic", lambda: self.now)

    async def find_newer(self) -> str:
        return self.newer

    async def set_again(self) -> None:
        self.set_at.append(self.now)

    async def check(self, url: str, *, minutes: int = 1) -> None:
        for _ in range(minutes):
            await self.guard.check(WebhookInfo(url, has_custom_certificate=False, pending_update_count=0))
            self.now += 60.0


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Telegram:
    return Telegram(monkeypatch)


async def test_an_address_that_was_changed_is_set_again_later_each_time(
    telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    await telegram.check(OTHER, minutes=60)
    assert telegram.set_at == [0.0, 120.0, 360.0, 840.0, 1_800.0]
    assert "Give each installation a bot of its own" in caplog.text
    assert "other.example" in caplog.text


async def test_a_webhook_that_was_taken_away_is_set_again_at_once(telegram: Telegram) -> None:
    await telegram.check("", minutes=3)
    assert telegram.set_at == [0.0, 60.0, 120.0]


async def test_after_a_calm_hour_it_is_set_again_at_once(telegram: Telegram) -> None:
    await telegram.check(OTHER, minutes=10)
    await telegram.check(OURS, minutes=round(CALM_SECONDS / 60) + 1)
    before = len(telegram.set_at)
    await telegram.check(OTHER)
    assert len(telegram.set_at) == before + 1


async def test_bots_that_were_started_later_keep_their_address(
    telegram: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.newer = "new.example 1f"
    await telegram.check(OTHER, minutes=5)
    assert telegram.set_at == []
    assert "take updates by new.example, so" in caplog.text


def test_an_intake_names_the_host_and_nothing_more_of_the_address() -> None:
    assert intake_of("") == POLLING
    intake = intake_of("https://bot.example/123456:secret")
    assert host_of(intake) == "bot.example"
    assert "secret" not in intake
    assert intake != intake_of("https://bot.example/else")
