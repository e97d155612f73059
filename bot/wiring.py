"""Puts the bot together: the only place here that chooses implementations."""

import asyncio
import functools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.command_menu import set_menus
from bot.connections import Servers, introduce, open_servers
from bot.dialog.responder import TelegramSpeaker
from bot.dispatcher import Conversation
from bot.health import Pulse
from bot.intake import webhook_setup
from bot.intake.polling import LEASE, LEASE_SECONDS, Polling
from bot.intake.update_queue import Inbox
from bot.intake.update_writer import Inlet
from bot.intake.webhook import Webhook, make_application, serve
from bot.parsing.examples import parse_examples
from bot.services.alert_history import StoredStories
from bot.services.broadcasts import StoredBroadcasts
from bot.services.failed_jobs import SystemEngineRoom
from bot.services.group_members import GroupMembers
from bot.services.people import StoredPeople
from bot.services.rules import StoredRules
from bot.services.services import Desk
from bot.services.stores import (
    PersonLimits,
    SendLimits,
    StoredAudit,
    StoredChats,
    StoredQuestions,
    StoredTurns,
    StoredUpdates,
    StoredWatches,
)
from bot.services.system_status import SystemWatchtower
from bot.services.whale_searches import StoredScans
from domain.rules.tiers import parse_hourly_limits
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.callbacks import Callbacks
from runtime.observability.monitor import monitor
from runtime.processes.health import Health
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.settings.settings import Settings
from storage.coordination.leases import drop_lease, take_lease
from storage.postgres import Database


async def run_bot(settings: Settings, stop: Stop) -> None:
    """Run the bot until the stop; what has begun is then finished.

    Raises:
        Unavailable: PostgreSQL does not answer at the start.
        OSError: the webhook's port is taken.
    """
    async with open_servers(settings) as servers:
        if not await introduce(servers.bot, stop):
            return
        way = "webhook" if settings.webhook_url else "polling"
        pulse = Pulse(database=servers.database, instance_id=settings.instance_id, way=way)
        health = Health()
        pulse.add_checks(health)
        heartbeat = pulse.heartbeat
        async with monitor(settings.metrics_port, health), nursery(stop) as tasks:
            tasks.start("heartbeat", heartbeat.run(stop))
            working = _start(tasks, settings, servers, stop)
            await stop.wait()
            await asyncio.wait(working)
        await heartbeat.leave()


def _start(tasks: Nursery, settings: Settings, servers: Servers, stop: Stop) -> Sequence[asyncio.Task[None]]:
    """Start the stages; returned are those that finish what they have begun after the stop."""
    inlet = Inlet(StoredUpdates(database=servers.database))
    inbox = make_inbox(settings, servers)
    tasks.start_forever("inlet", inlet.run)
    tasks.start("menus", set_menus(servers.bot, settings.admin_ids))
    working = [tasks.start("inbox", inbox.run(stop))]
    if settings.webhook_url:
        working.append(
            tasks.start(
                "webhook", _serve(settings, Webhook(inlet, settings.webhook_secret, inbox.notice), stop)
            )
        )
        tasks.start("setWebhook", _subscribe(settings, servers, stop))
    else:
        polling = make_polling(settings, servers, inlet, inbox)
        working.append(tasks.start_forever("polling", functools.partial(polling.run, stop)))
    return working


def make_inbox(settings: Settings, servers: Servers) -> Inbox:
    """The inbox with everything behind it."""
    owner = f"{settings.instance_id}:{secrets.token_hex(4)}"
    conversation = make_conversation(settings, servers)
    turns = StoredTurns(database=servers.database, owner=owner)
    return Inbox(turns, conversation.attend, conversation.apologise)


def make_conversation(settings: Settings, servers: Servers) -> Conversation:
    """What answers updates."""
    limiter = Limiter(SendLimits(limits=servers.limits), rate=settings.telegram_rate)
    return Conversation(
        username=servers.bot.username,
        desk=make_desk(settings, servers),
        speaker=TelegramSpeaker(servers.methods, limiter),
        members=GroupMembers(bot=servers.bot, cache=servers.admins),
        questions=StoredQuestions(database=servers.database, queues=servers.queues),
        throttle=PersonLimits(limits=servers.limits),
    )


def make_desk(settings: Settings, servers: Servers) -> Desk:
    """What handlers may use."""
    database = servers.database
    chats = StoredChats(database=database)
    hourly_limits = parse_hourly_limits(settings.hourly_limits)
    return Desk(
        chain=settings.chain,
        operators=settings.admin_ids,
        hourly_limits=hourly_limits,
        examples=parse_examples(settings.example_wallets),
        callbacks=Callbacks(settings.bot_token.reveal()),
        watches=StoredWatches(database=database, chain=settings.chain, changed=servers.watches_changed),
        chats=chats,
        rules=StoredRules(database=database, chats=chats),
        stories=StoredStories(database=database, chain=settings.chain),
        memory=servers.sessions,
        accounts=servers.accounts,
        watchtower=SystemWatchtower(
            database=database,
            replica=servers.replica,
            queues=servers.queues,
            chain=settings.chain,
            telegram=servers.bot.get_me,
            feed_pause=0.0 if settings.reconcile == "blocks" else settings.reconcile_seconds,
        ),
        audit=StoredAudit(database=database),
        people=StoredPeople(database=database, chats=chats, hourly_limits=hourly_limits),
        engine=SystemEngineRoom(database=database, jobs=servers.jobs),
        megaphone=StoredBroadcasts(database=database),
        scans=StoredScans(
            database=database, replica=servers.replica, queues=servers.queues, chain=settings.chain
        ),
    )


def make_polling(settings: Settings, servers: Servers, inlet: Inlet, inbox: Inbox) -> Polling:
    """Long polling by one instance at a time."""
    return Polling(
        source=servers.source,
        inlet=inlet,
        notice=inbox.notice,
        lease=PollingLease(database=servers.database, owner=settings.instance_id),
        prepare=functools.partial(webhook_setup.unsubscribe, servers.bot),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingLease:
    """The right to poll, as a row in PostgreSQL."""

    database: Database
    owner: str

    async def take(self) -> bool:
        """Take or renew it; whether it is ours."""
        epoch = await take_lease(self.database, name=LEASE, owner=self.owner, seconds=LEASE_SECONDS)
        return epoch is not None

    async def drop(self) -> None:
        """Let the next one have it at once."""
        await drop_lease(self.database, name=LEASE, owner=self.owner)


async def _serve(settings: Settings, webhook: Webhook, stop: Stop) -> None:
    await serve(make_application(webhook, settings.webhook_url), port=settings.port, stop=stop)


async def _subscribe(settings: Settings, servers: Servers, stop: Stop) -> None:
    await webhook_setup.subscribe_until_done(
        servers.bot, stop, url=settings.webhook_url, secret=settings.webhook_secret
    )
