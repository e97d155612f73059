"""The buttons of webhooks. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from domain.webhooks import Webhook, WebhookForm
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Markup

WEBHOOK = "hook"
"""Verb of a button; its arguments: what, which webhook, of which chat."""


class WebhookAct(StrEnum):
    """What a button does."""

    TEST = "t"
    ROTATE = "r"
    OFF = "o"
    ON = "i"
    ASK_DELETE = "a"
    DELETE = "d"
    SHOW = "s"


def webhooks_keyboard(
    callbacks: Callbacks, webhooks: Sequence[Webhook], *, chat_id: int, locale: Locale = ENGLISH
) -> Markup | None:
    """A row for each webhook; None: there is none.

    Args:
        callbacks: sign the buttons.
        webhooks: of one chat.
        chat_id: the private chat in which the buttons stand.
        locale: of the reader.
    """
    rows = [_row(callbacks, one, chat_id, locale) for one in webhooks]
    return {"inline_keyboard": rows} if rows else None


def delete_keyboard(
    callbacks: Callbacks, webhook: Webhook, *, chat_id: int, locale: Locale = ENGLISH
) -> Markup:
    """Yes or no.

    Args:
        callbacks: signs the buttons.
        webhook: the one to delete.
        chat_id: where it is shown: the private chat of an admin, where the webhook is a group's.
        locale: of the reader.
    """
    yes = _button(callbacks, locale.gettext("Delete it"), WebhookAct.DELETE, webhook, chat_id)
    no = _button(callbacks, locale.gettext("Keep it"), WebhookAct.SHOW, webhook, chat_id)
    return {"inline_keyboard": [[yes, no]]}


def _row(callbacks: Callbacks, one: Webhook, chat_id: int, locale: Locale) -> list[Markup]:
    acts = [(locale.gettext("Delete"), WebhookAct.ASK_DELETE)]
    if not one.is_on:
        acts.insert(0, (locale.gettext("On"), WebhookAct.ON))
    else:
        acts.insert(0, (locale.gettext("Off"), WebhookAct.OFF))
        if one.form is WebhookForm.STANDARD:
            acts.insert(0, (locale.gettext("New secret"), WebhookAct.ROTATE))
        acts.insert(0, (locale.gettext("Test"), WebhookAct.TEST))
    return [_button(callbacks, f"{text} {one.webhook_id}", act, one, chat_id) for text, act in acts]


def _button(callbacks: Callbacks, text: str, act: WebhookAct, one: Webhook, chat_id: int) -> Markup:
    data = callbacks.write(WEBHOOK, act.value, one.webhook_id, one.chat_id, chat_id=chat_id)
    return {"text": text, "callback_data": data}
