"""The buttons of webhooks."""

from dataclasses import replace
from typing import Any

from domain.webhooks import WebhookForm
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.webhooks import WebhookAct, delete_keyboard, webhooks_keyboard
from tests.messaging.telegram.webhook_samples import NOW, WEBHOOK

CALLBACKS = Callbacks("1:token")
ME = 7


def read(keyboard: Any) -> list[list[tuple[str, ...]]]:
    return [
        [
            (button["text"], *CALLBACKS.read(button["callback_data"], chat_id=ME, user_id=1).arguments)
            for button in row
        ]
        for row in keyboard["inline_keyboard"]
    ]


def test_each_webhook_has_the_buttons_that_make_sense() -> None:
    webhooks = [
        replace(WEBHOOK, chat_id=-1_009_999_999_999_999, webhook_id=2**62),
        replace(WEBHOOK, webhook_id=4, form=WebhookForm.DISCORD),
        replace(WEBHOOK, webhook_id=5, off_at=NOW),
    ]
    first, second, third = read(webhooks_keyboard(CALLBACKS, webhooks, chat_id=ME))
    assert [act for _, act, *_ in first] == ["t", "r", "o", "a"]
    assert [text for text, *_ in second] == ["Test 4", "Off 4", "Delete 4"]
    assert [text for text, *_ in third] == ["On 5", "Delete 5"]
    assert first[0] == (f"Test {2**62}", "t", str(2**62), "-1009999999999999")
    assert webhooks_keyboard(CALLBACKS, [], chat_id=ME) is None


def test_a_deletion_is_asked_for_twice() -> None:
    ((yes, no),) = read(delete_keyboard(CALLBACKS, WEBHOOK, chat_id=ME))
    assert (yes[1], no[1]) == (WebhookAct.DELETE, WebhookAct.SHOW)
