"""Messages that hold a secret are told from those that do not."""

import pytest

from bot.dialog.entrusted import holds_secret


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("/webhooks https://discord.com/api/webhooks/1/x", True),
        ("/Webhooks@whales_bot discord.com/api/webhooks/1/x", True),
        ("/webhooks -1001234567890 https://hooks.slack.com/services/T/B/x", True),
        ("/webhooks -1001234567890", False),
        ("/webhooks", False),
        ("/watch https://solscan.io/account/x", False),
        ("hello / there", False),
    ],
)
def test_a_command_with_an_address_of_a_webhook_holds_a_secret(text: str, *, holds: bool) -> None:
    assert holds_secret(text) is holds
