"""The senders that run beside the jobs of the notifications queue: one of messages, one of pushes."""

from __future__ import annotations

from contextlib import AsyncExitStack

from domain.delivery.deliveries import ChannelName
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.canary import CanaryChannel
from messaging.telegram.channel import telegram_channel
from messaging.telegram.methods import Methods
from messaging.webhook.addresses import parse_networks
from messaging.webhook.channel import WebhookChannel
from messaging.webhook.connections import PushConnections
from storage.sealing import make_sealer
from workers.delivery_store import StoredFacts, StoredOutbox
from workers.process import Context
from workers.sending.push_store import PushFacts, StoredPushes

MAX_PUSHES = 400
"""Concurrent pushes: a receiver that does not answer occupies one for 20 s."""


def message_sender(context: Context, telegram: Methods, limiter: Limiter) -> Sender:
    """Sends messages to chats.

    Args:
        context: of this worker.
        telegram: sends to the Bot API.
        limiter: shared with the replies of all bots.
    """
    group_messages = context.settings.coalesce_seconds > 0
    return Sender(
        StoredOutbox(
            context.database,
            owner=context.owner,
            group_messages=group_messages,
            caches=context.cached.caches,
        ),
        {ChannelName.TELEGRAM: CanaryChannel(telegram_channel(telegram, limiter, context.callbacks))},
        StoredFacts(context.database, tokens=context.cached.tokens).read,
        group_messages=group_messages,
    )


def push_sender(context: Context, stack: AsyncExitStack) -> Sender:
    """Sends pushes to receivers; its connections end with the stack."""
    connections = PushConnections(parse_networks(context.settings.webhook_allow_networks))
    stack.callback(connections.close)
    facts = StoredFacts(context.database, tokens=context.cached.tokens)
    return Sender(
        StoredPushes(context.database, owner=context.owner),
        {ChannelName.WEBHOOK: WebhookChannel(connections=connections)},
        PushFacts(context.database, facts, make_sealer(context.settings)).read,
        group_messages=False,
        in_order=False,
        max_in_flight=MAX_PUSHES,
    )
