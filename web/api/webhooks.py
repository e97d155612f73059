"""Endpoints of webhooks: where a chat's alerts are pushed to, how that goes, and what was pushed."""

from http import HTTPStatus

import msgspec

from domain.access import Scope
from domain.errors import BadInput
from domain.webhooks import Webhook
from messaging.webhook.channel import message_id
from messaging.webhook.payloads import TYPES
from services.webhooks import MadeWebhook
from storage.webhooks.pushes import PushRecord
from web.api.audit import note
from web.api.endpoint import Call, Endpoint, Page, cursor_number
from web.api.webhook_views import (
    MadeWebhookView,
    NewWebhookBody,
    PushesParameters,
    PushParameter,
    PushView,
    QueuedView,
    WebhookChange,
    WebhookParameter,
    WebhookView,
)


async def _webhooks(call: Call) -> Page[WebhookView]:
    return Page(data=[_view(one) for one in await call.services.webhooks.of(call.caller.target)])


async def _webhook(call: Call) -> WebhookView:
    return _view(await call.services.webhooks.one(call.caller.target, call.parameters.webhook_id))


async def _make(call: Call) -> MadeWebhookView:
    body: NewWebhookBody = call.body
    made = await call.services.webhooks.make(
        call.caller.target, owner_id=call.caller.user_id, url=body.url, form=body.form
    )
    await note(call, f"webhook {made.webhook.webhook_id} made")
    return _made(made)


async def _change(call: Call) -> WebhookView:
    body, webhook_id = call.body, call.parameters.webhook_id
    if body.url is None and body.on is None:
        raise BadInput("Name url, or on, or both.")
    changed = await call.services.webhooks.change(
        call.caller.target, webhook_id, by=call.caller.user_id, url=body.url, on=body.on
    )
    await note(call, f"webhook {webhook_id} changed")
    return _view(changed)


async def _delete(call: Call) -> None:
    await call.services.webhooks.delete(call.caller.target, call.parameters.webhook_id)
    await note(call, f"webhook {call.parameters.webhook_id} deleted")


async def _rotate(call: Call) -> MadeWebhookView:
    made = await call.services.webhooks.rotate(call.caller.target, call.parameters.webhook_id)
    await note(call, f"webhook {made.webhook.webhook_id} rotated")
    return _made(made)


async def _test(call: Call) -> QueuedView:
    number = await call.services.webhooks.test(call.caller.target, call.parameters.webhook_id)
    return QueuedView(delivery_id=str(number))


async def _pushes(call: Call) -> Page[PushView]:
    asked: PushesParameters = call.parameters
    found = await call.services.webhooks.pushed(
        call.caller.target, asked.webhook_id, before=cursor_number(asked.cursor), limit=asked.limit
    )
    cursor = str(found[-1].delivery_id) if len(found) == asked.limit else None
    return Page(data=[_push(one) for one in found], next_cursor=cursor)


async def _replay(call: Call) -> QueuedView:
    asked: PushParameter = call.parameters
    await call.services.webhooks.replay(call.caller.target, asked.webhook_id, asked.delivery_id)
    await note(call, f"webhook {asked.webhook_id}: delivery {asked.delivery_id} replayed")
    return QueuedView(delivery_id=str(asked.delivery_id))


def _view(one: Webhook) -> WebhookView:
    return WebhookView(
        webhook_id=one.webhook_id,
        owner_id=one.owner_id,
        form=one.form,
        host=one.host,
        on=one.is_on,
        off_reason=one.off_reason,
        off_at=one.off_at,
        failing_since=one.failing_since,
        last_success_at=one.last_success_at,
        last_error=one.last_error,
        rotation_ends_at=one.old_secret_until,
        created_at=one.created_at,
    )


def _made(made: MadeWebhook) -> MadeWebhookView:
    return MadeWebhookView(webhook=_view(made.webhook), secret=made.secret or None)


def _without_secret(made: MadeWebhookView) -> MadeWebhookView:
    """A secret is stored sealed or not at all: who repeats a request has seen it."""
    return msgspec.structs.replace(made, secret=None)


def _push(one: PushRecord) -> PushView:
    return PushView(
        delivery_id=str(one.delivery_id),
        message_id=message_id(one.delivery_id, one.created_at),
        type=TYPES[one.kind].value,
        alert_id=None if one.alert_id is None else str(one.alert_id),
        state=one.state.value,
        attempts=one.attempts,
        error=one.error,
        next_try_at=one.due_at if one.finished_at is None else None,
        created_at=one.created_at,
        finished_at=one.finished_at,
    )


_ONE = "/webhooks/{webhook_id}"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/webhooks",
        summary="Where the chat's alerts are pushed to, and how that goes",
        scope=Scope.READ,
        answer=Page[WebhookView],
        run=_webhooks,
    ),
    Endpoint(
        method="POST",
        path="/webhooks",
        summary="Push the chat's alerts to an address; the answer shows the secret, once",
        scope=Scope.WRITE,
        body=NewWebhookBody,
        answer=MadeWebhookView,
        kept=_without_secret,
        run=_make,
        status=HTTPStatus.CREATED,
    ),
    Endpoint(
        method="GET",
        path=_ONE,
        summary="One webhook",
        scope=Scope.READ,
        parameters=WebhookParameter,
        answer=WebhookView,
        run=_webhook,
    ),
    Endpoint(
        method="PATCH",
        path=_ONE,
        summary="Give a webhook another address, switch it off, or on again",
        scope=Scope.WRITE,
        parameters=WebhookParameter,
        body=WebhookChange,
        answer=WebhookView,
        run=_change,
    ),
    Endpoint(
        method="DELETE",
        path=_ONE,
        summary="Delete a webhook",
        scope=Scope.WRITE,
        parameters=WebhookParameter,
        answer=None,
        run=_delete,
        status=HTTPStatus.NO_CONTENT,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/rotate",
        summary="Make a new secret; for a day those before sign as well",
        scope=Scope.WRITE,
        parameters=WebhookParameter,
        answer=MadeWebhookView,
        kept=_without_secret,
        run=_rotate,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/test",
        summary="Push a webhook.test",
        scope=Scope.WRITE,
        parameters=WebhookParameter,
        answer=QueuedView,
        run=_test,
        status=HTTPStatus.ACCEPTED,
    ),
    Endpoint(
        method="GET",
        path=f"{_ONE}/deliveries",
        summary="What was pushed to a webhook, the latest first",
        scope=Scope.READ,
        parameters=PushesParameters,
        answer=Page[PushView],
        run=_pushes,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/deliveries/{{delivery_id}}/replay",
        summary="Push something once more, by the same id",
        scope=Scope.WRITE,
        parameters=PushParameter,
        answer=QueuedView,
        run=_replay,
        status=HTTPStatus.ACCEPTED,
    ),
)
