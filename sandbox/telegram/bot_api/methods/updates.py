"""Bot API: getUpdates, setWebhook, deleteWebhook, getWebhookInfo."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from runtime.settings.parsing import is_loopback
from sandbox.telegram.bot_api.call import Call
from sandbox.telegram.errors import bad_request, conflict
from sandbox.telegram.updates.webhook import Webhook

_MAX_POLL_SECONDS = 50
_MAX_UPDATES = 100
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_SECRET = re.compile(r"[A-Za-z0-9_\-]{0,256}")
_MAX_CONNECTIONS = 100
_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedResult:
    """A result with a description."""

    result: Any
    description: str


async def get_updates(call: Call) -> list[msgspec.Raw]:
    """Confirm all updates before `offset` and return the others, waiting up to `timeout` seconds for one."""
    bot, params = call.bot, call.params
    if bot.pusher is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    _read_allowed(call)
    bot.update_queue.interrupt(
        conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
    )
    offset = params.integer("offset") or 0
    if offset:
        bot.update_queue.confirm(offset)
    await bot.update_queue.wait(min(params.integer("timeout") or 0, _MAX_POLL_SECONDS))
    limit = min(max(params.integer("limit") or _MAX_UPDATES, 1), _MAX_UPDATES)
    return [msgspec.Raw(update.body) for update in bot.update_queue.pending()[:limit]]


def set_webhook(call: Call) -> DescribedResult:
    """Push updates to a URL from now on; an empty URL deletes the webhook."""
    url = call.params.text("url").strip()
    if not url:
        return delete_webhook(call)
    webhook = _read_webhook(call, url)
    _read_allowed(call)
    if call.params.flag("drop_pending_updates"):
        call.bot.update_queue.clear()
    pusher = call.bot.pusher
    if pusher is not None and pusher.webhook == webhook and not call.params.flag("drop_pending_updates"):
        return DescribedResult(result=True, description="Webhook is already set")
    call.bot.update_queue.interrupt(conflict("terminated by setWebhook request"))
    call.state.push_to(call.bot, webhook)
    return DescribedResult(result=True, description="Webhook was set")


def delete_webhook(call: Call) -> DescribedResult:
    """Stop pushing; updates wait for getUpdates."""
    if call.params.flag("drop_pending_updates"):
        call.bot.update_queue.clear()
    if call.bot.pusher is None:
        return DescribedResult(result=True, description="Webhook is already deleted")
    call.state.push_to(call.bot, None)
    return DescribedResult(result=True, description="Webhook was deleted")


def get_webhook_info(call: Call) -> dict[str, Any]:
    """The state of the webhook."""
    update_queue, pusher = call.bot.update_queue, call.bot.pusher
    info: dict[str, Any] = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": update_queue.pending_count(),
    }
    if pusher is not None:
        info |= {
            "url": pusher.webhook.url,
            "max_connections": pusher.webhook.max_connections,
            "ip_address": pusher.webhook.ip_address,
        }
        if pusher.last_error is not None:
            info |= {
                "last_error_date": pusher.last_error.at,
                "last_error_message": pusher.last_error.message,
            }
    if update_queue.allowed is not None:
        info["allowed_updates"] = sorted(update_queue.allowed)
    return info


def _read_allowed(call: Call) -> None:
    """Apply `allowed_updates`: it is kept if it is absent, and an empty list means the default."""
    if "allowed_updates" not in call.params.values:
        return
    kinds = call.params.shaped("allowed_updates", list[str], "can't parse allowed updates list") or []
    call.bot.update_queue.allow(frozenset(kinds) & _KINDS or None)


def _read_webhook(call: Call, url: str) -> Webhook:
    params = call.params
    secret = params.text("secret_token")
    if _SECRET.fullmatch(secret) is None:
        too_long = len(secret) > 256  # noqa: PLR2004 - as in the pattern
        raise bad_request(f"secret token {'is too long' if too_long else 'contains unallowed characters'}")
    connections = params.integer("max_connections") or 40
    address = _address(call, url)
    return Webhook(
        url=url,
        secret_token=secret,
        max_connections=min(max(connections, 1), _MAX_CONNECTIONS),
        ip_address=params.text("ip_address") or address,
    )


def _address(call: Call, url: str) -> str:
    """The IP address of the URL. Unlike the real server, the sandbox accepts HTTP and resolves no names.

    Raises:
        ApiError: 400, it is no URL, or one of another machine: nobody may make this one ask there.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise bad_request("bad webhook: invalid webhook URL specified") from error
    if not host:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_loopback(host) and host not in call.state.config.webhook_hosts:
        raise bad_request(f"bad webhook: {host} is another machine, and not in SANDBOX_WEBHOOK_HOSTS")
    return host if _IPV4.fullmatch(host) else "127.0.0.1"
