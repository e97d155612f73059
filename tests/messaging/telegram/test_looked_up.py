"""The main texts and keyboards, all of whose words are looked up in the language of the reader."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.activity.activity import Kind
from domain.delivery.facts import DeferredAlerts, DigestEntry
from domain.rules.rules import ChatSettings, Rules
from domain.security.wallets import wallet_checks
from domain.sentences import counted, sentence
from domain.snapshot import Snapshot
from domain.tokens.market_price import PriceSource, TokenPrice
from messaging.languages.locale import Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.escaping import plain
from messaging.telegram.keyboards.hours import digest_keyboard, quiet_keyboard
from messaging.telegram.keyboards.rules import pause_keyboard
from messaging.telegram.keyboards.settings import settings_keyboard
from messaging.telegram.keyboards.webhooks import webhooks_keyboard
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.digest import digest_text
from messaging.telegram.texts.greetings import greeting
from messaging.telegram.texts.help import help_text
from messaging.telegram.texts.paper import paper_text
from messaging.telegram.texts.rules import rules_text
from messaging.telegram.texts.scan import CardTimes, not_a_mint, scan_card
from messaging.telegram.texts.settings import settings_text
from messaging.telegram.texts.status import deferred_line, status_text
from messaging.telegram.texts.token import Holder, TokenFacts, token_card
from messaging.telegram.texts.wallet_scan import wallet_scan_card
from messaging.telegram.texts.webhooks import webhooks_text
from messaging.telegram.texts.why import nothing_of_token, usage
from tests.domain.security.tokens import of_mint
from tests.domain.security.wallets import facts as wallet_facts
from tests.messaging.languages.pseudo import PSEUDO
from tests.messaging.telegram.alert_samples import MINT, activity, facts
from tests.messaging.telegram.looked_up import TYPED, left_outside
from tests.messaging.telegram.paper_samples import NOW, WALLET, campaign
from tests.messaging.telegram.webhook_samples import WEBHOOK

CALLBACKS = Callbacks("123:secret")
BOSS = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
RISKY = of_mint(mint_authority=BOSS, freeze_authority=BOSS)
TIMES = CardTimes(read_at=NOW, now=NOW, earlier_at=NOW - timedelta(days=3))
NEWS = (sentence("freeze authority given up"), counted("{number} pool", "{number} pools", 2))
DEFERRED = DeferredAlerts(number=37, until=NOW, of_busy_wallets=35)
SNAPSHOT = Snapshot(
    chats=0,
    wallets=0,
    watches=0,
    alerts_of_day=0,
    alerts_open=3,
    oldest_open_seconds=9.0,
    deliveries_due=2,
    oldest_due_seconds=3.0,
    sending=0,
    oldest_sending_seconds=0.0,
    sent_of_day=0,
    dead_of_day=0,
    ambiguous=0,
    updates_open=0,
    quarantined=0,
    slot=341_220_118,
    feed_age_seconds=0.42,
    p50=0.81,
    p95=2.5,
)
ENTRY = DigestEntry(
    label="Toly-2", subject=WALLET, sort=Kind.BUY.value, number=1, event=activity(), happened_at=NOW
)
TOKEN = TokenFacts(
    chain="sandbox",
    mint=MINT,
    symbol="KRILL",
    price=TokenPrice(
        mint=MINT,
        usd=Decimal("0.414"),
        source=PriceSource.POOL,
        read_at=NOW,
        decimals=6,
        supply=10**15,
        liquidity=Decimal(4_400_000),
    ),
    created_at=NOW - timedelta(days=800),
    now=NOW,
    venue="Raydium",
    holders=[Holder(label="Toly-2", wallet=MINT, raw=10**12)],
)
TEXTS: dict[str, Callable[[Locale], str]] = {
    "greeting": lambda locale: greeting("", has_examples=True, locale=locale),
    "help": lambda locale: help_text(is_operator=False, is_private=True, locale=locale),
    "settings": lambda locale: settings_text(ChatSettings(), locale=locale),
    "rules": lambda locale: rules_text(None, Rules(), is_reset=True, locale=locale),
    "alert": lambda locale: alert_text(facts(activity(), age=400.0, locale=locale)),
    "digest": lambda locale: digest_text([ENTRY, ENTRY], symbols={MINT: "KRILL"}, locale=locale),
    "token": lambda locale: token_card(TOKEN, locale=locale),
    "scan": lambda locale: scan_card(RISKY, chain="solana", times=TIMES, news=NEWS, locale=locale),
    "no token": lambda locale: not_a_mint(BOSS, RISKY.checks[0].said, locale=locale),
    "wallet": lambda locale: wallet_scan_card(
        BOSS, wallet_checks(wallet_facts()), label="", read_at=NOW, locale=locale
    ),
    "status": lambda locale: status_text(SNAPSHOT, wallets_here=2, at=NOW, locale=locale),
    "deferred": lambda locale: deferred_line(DEFERRED, NOW, locale=locale),
    "busy": lambda locale: deferred_line(replace(DEFERRED, of_busy_wallets=37), NOW, locale=locale),
    "why": lambda locale: f"{usage(locale=locale)}\n{nothing_of_token(locale=locale)}",
    "webhooks": lambda locale: webhooks_text([WEBHOOK], "", reader_id=0, now=NOW, locale=locale),
    "paper": lambda locale: paper_text([campaign()], {WALLET: ""}, NOW, locale=locale),
    "no paper": lambda locale: paper_text([], {}, NOW, locale=locale),
}
KEYBOARDS: dict[str, Callable[[Locale], Any]] = {
    "settings": lambda locale: settings_keyboard(CALLBACKS, ChatSettings(), chat_id=1, locale=locale),
    "quiet hours": lambda locale: quiet_keyboard(CALLBACKS, ChatSettings(), chat_id=1, locale=locale),
    "digest": lambda locale: digest_keyboard(CALLBACKS, ChatSettings(), chat_id=1, locale=locale),
    "pause": lambda locale: pause_keyboard(CALLBACKS, chat_id=1, is_paused=True, locale=locale),
    "webhooks": lambda locale: webhooks_keyboard(CALLBACKS, [WEBHOOK], chat_id=1, locale=locale),
}


@pytest.mark.parametrize("name", TEXTS)
def test_all_words_of_a_text_are_looked_up(name: str) -> None:
    text = plain(TYPED.sub(" ", TEXTS[name](PSEUDO)))
    assert "⟦" in text
    assert left_outside(text) == []


@pytest.mark.parametrize("name", KEYBOARDS)
def test_all_words_of_a_keyboard_are_looked_up(name: str) -> None:
    texts = list(_buttons(KEYBOARDS[name](PSEUDO)))
    assert texts
    assert [words for text in texts if (words := left_outside(text))] == []


def _buttons(keyboard: Any) -> Iterator[str]:
    rows = keyboard["inline_keyboard"] if isinstance(keyboard, dict) else keyboard.inline_keyboard
    for row in rows:
        for button in row:
            yield button["text"] if isinstance(button, dict) else button.text


def test_what_is_not_looked_up_is_seen() -> None:
    assert left_outside("⟦Rules for ⟦all⟧⟧ of SOL: /rules none 9WzD…AWWM") == ["of", "none"]
