"""A shared list in words, whatever it holds."""

from datetime import UTC, datetime

from messaging.telegram.escaping import plain
from messaging.telegram.texts.share import offered, shared


def test_an_offer_fits_and_its_names_are_harmless() -> None:
    wallets = [("<b>https://evil.example</b>", "A" * 44)] * 500
    text = offered(wallets, "<i>Eve</i> @evil", datetime(2026, 1, 1, tzinfo=UTC))
    assert len(plain(text)) < 2_000
    assert "<i>" not in text
    assert "evil.example" not in text
    assert "@evil" not in text
    assert "and 490 more" in text


def test_one_wallet_is_one_and_its_link_ends() -> None:
    one, two = (plain(shared(number, "https://t.me/bot", 30, is_named=False)) for number in (1, 2))
    assert "may follow this wallet, with its name. It ends in 30 days." in one
    assert "may follow these wallets, with their names. It ends in 30 days." in two
