"""Assembles the bot; only this module chooses implementations."""

import asyncio
import contextlib
import functools
import secrets
from collections.abc import Sequence

from bot.admission import Admission, RememberedAdmins
from bot.command_menu import set_menus
from bot.connections import Servers, open_servers
from bot.dialog.responder import Responder
from bot.dispatcher import UpdateDispatcher
from bot.health import BotHealth
from bot.intake import webhook_setup
from bot.intake.fair_queue import RecentUse
from bot.intake.newcomers import Newcomers
from bot.intake.polling import Polling, PollingLease
from bot.intake.update_leases import UpdateLeases
from bot.intake.update_queue import UpdateQueue
from bot.intake.update_writer import UpdateWriter
from bot.intake.webhook import Webhook, make_application, serve
from bot.intake.webhook_guard import FindNewer, intake_of
from bot.intake.webhook_setup import watch_webhook
from bot.operator_alerts import ping_dead_mans_switch
from bot.operator_wiring import make_operator_alerts
from bot.parsing.labels import parse_examples
from bot.permissions import Throttle
from bot.webhook_owners import watch_owners
from domain.errors import Unavailable
from domain.rate_limits import RequestShares
from messaging.languages.choice import load_languages
from messaging.sending.circuit_breaker import CircuitBreaker
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.client import initialize_bot
from messaging.telegram.files import download
from messaging.telegram.members import anonymous_admins, standing_of
from runtime.processes.health import Health, monitor, ready_route
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.settings.settings import Settings
from runtime.shared_calls import GATHER_SECONDS
from services import wiring
from services.members import GroupMembers
from services.people import PeopleStore
from services.services import Services
from services.stores.questions import QuestionStore
from services.wallet_lists import MAX_FILE_BYTES
from services.wiring import TelegramCalls
from storage.chats.updates import ReceivedUpdate, StoreResult, newcomers_among, store_updates
from storage.coordination.intakes import newer_intake
from storage.postgres import wait_for_database


async def run_bot(settings: Settings, stop: Stop) -> None:
    """Run the bot until the stop, then finish what is in progress. PostgreSQL and Telegram may come later.

    Raises:
        OSError: a port is taken.
    """
    health = Health()
    health.wait_for("PostgreSQL")
    async with monitor(settings.metrics_port, health, host=settings.metrics_host):
        await asyncio.to_thread(load_languages)
        if await wait_for_database(settings.database_url.reveal(), stop):
            async with open_servers(settings) as servers:
                await _run(settings, servers, health, stop)


async def _run(settings: Settings, servers: Servers, health: Health, stop: Stop) -> None:
    health.wait_for("Telegram")
    if not await initialize_bot(servers.bot, stop):
        return
    bot_health = BotHealth(
        database=servers.database,
        instance_id=settings.instance_id,
        intake=intake_of(settings.webhook_url),
        region=settings.region,
    )
    bot_health.add_checks(health)
    system_status = wiring.make_system_status(settings, servers, servers.bot.get_me)
    health.show_system(system_status.components)
    health.begin()
    heartbeat = bot_health.heartbeat
    async with nursery(stop) as tasks:
        tasks.start("heartbeat", heartbeat.run(stop))
        newcomers = Newcomers(functools.partial(newcomers_among, servers.database))
        use = RecentUse(settings.requests_per_minute, newcomers)
        update_queue = make_update_queue(settings, servers, use)
        working = _start(tasks, settings, servers, update_queue, health, stop)
        await stop.wait()
        await asyncio.wait(working)
        await update_queue.leave()
    await heartbeat.leave()


def _start(
    tasks: Nursery,
    settings: Settings,
    servers: Servers,
    update_queue: UpdateQueue,
    health: Health,
    stop: Stop,
) -> Sequence[asyncio.Task[None]]:
    """Start the tasks; answers those that finish their unfinished work after the stop."""
    tasks.start("menus", set_menus(servers.bot, settings.admin_ids))
    alerts = make_operator_alerts(
        settings,
        servers,
        make_responder(settings, servers),
        wiring.make_system_status(settings, servers, servers.bot.get_me),
    )
    people = wiring.make_people(settings, servers)
    tasks.start("watch limits", _pause_over_limit(people))
    webhooks = wiring.make_webhooks(settings, servers, people)
    owners = functools.partial(watch_owners, webhooks, make_members(servers).is_admin, stop)
    tasks.start_forever("owners of webhooks", owners)
    tasks.start_forever("caches", functools.partial(servers.caches.listen, stop))
    tasks.start_forever("operator alerts", functools.partial(alerts.run, stop))
    tasks.start_forever(
        "ALIVE_URL", lambda: ping_dead_mans_switch(settings.alive_url, lambda: alerts.is_well, stop)
    )
    queue = tasks.start("update queue", update_queue.run(stop, closed=(closed := Stop())))
    intake = _start_intake(tasks, settings, servers, update_queue, health, stop)
    intake.add_done_callback(lambda _: closed.set())
    return [queue, intake]


def _start_intake(
    tasks: Nursery,
    settings: Settings,
    servers: Servers,
    update_queue: UpdateQueue,
    health: Health,
    stop: Stop,
) -> asyncio.Task[None]:
    """Start to receive updates; the task that ends when nothing is received any more."""
    writer = make_update_writer(settings, servers, update_queue)
    if not settings.webhook_url:
        polling = make_polling(settings, servers, writer, update_queue)
        return tasks.start_forever("polling", functools.partial(polling.run, stop))
    webhook = make_webhook(settings, servers, writer, update_queue)
    application = make_application(webhook, settings.webhook_url, ready_route(health))
    tasks.start("setWebhook", _subscribe(settings, servers, stop))
    tasks.start_forever("getWebhookInfo", lambda: _watch_webhook(settings, servers, stop))
    serving = serve(application, host=settings.webhook_host, port=settings.port, stop=stop)
    return tasks.start("webhook", serving)


def make_webhook(
    settings: Settings, servers: Servers, update_writer: UpdateWriter, update_queue: UpdateQueue
) -> Webhook:
    """Return what receives Telegram's posts.

    Args:
        settings: with the secret that Telegram sends.
        servers: with the bot's name, for commands that name it.
        update_writer: stores before Telegram gets 200.
        update_queue: hears of what is stored.
    """
    return Webhook(
        update_writer,
        settings.webhook_secret,
        update_queue.receive,
        username=servers.bot.username,
    )


def make_update_writer(settings: Settings, servers: Servers, update_queue: UpdateQueue) -> UpdateWriter:
    """Return what stores updates; while the queue has workers for them, with the lease.

    Args:
        settings: with the share of each chat and person.
        servers: with the database.
        update_queue: names the lease while it has workers.
    """

    async def store(batch: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        return await store_updates(
            servers.database, batch, owner=update_queue.lease_owner, shares=_shares(settings)
        )

    return UpdateWriter(store, update_queue.use, update_queue.receive)


def make_update_queue(settings: Settings, servers: Servers, use: RecentUse) -> UpdateQueue:
    """The update queue, and behind it everything that handles an update.

    Args:
        settings: with the name of this process, by which its leases begin.
        servers: what handlers need.
        use: what chats and people have asked recently, shared with the writer.
    """
    owner = f"{settings.instance_id}:{secrets.token_hex(4)}"
    dispatcher = make_dispatcher(settings, servers)
    leases = UpdateLeases(database=servers.database, owner=owner)
    return UpdateQueue(
        leases,
        dispatcher.handle_update,
        dispatcher.reply_failure,
        dispatcher.tell_limited,
        use,
    )


def make_dispatcher(settings: Settings, servers: Servers) -> UpdateDispatcher:
    """The dispatcher of updates, and what it needs."""
    services, responder = make_services(settings, servers), make_responder(settings, servers)
    throttle = Throttle(limits=servers.limits, shares=_shares(settings))
    return UpdateDispatcher(
        username=servers.bot.username,
        services=services,
        responder=responder,
        members=make_members(servers),
        questions=QuestionStore(database=servers.database, queues=servers.queues),
        throttle=throttle,
        admission=Admission(
            people=services.people,
            anonymous_admins=RememberedAdmins(functools.partial(anonymous_admins, servers.bot)),
            sessions=services.sessions,
            throttle=throttle,
            responder=responder,
            settings=services.rules.settings,
        ),
    )


def make_members(servers: Servers) -> GroupMembers:
    """Return what knows what people are in groups."""
    return GroupMembers(ask=functools.partial(standing_of, servers.bot), cache=servers.standings)


def make_responder(settings: Settings, servers: Servers) -> Responder:
    """Return what sends replies, within the limits that all processes share."""
    breaker = CircuitBreaker(servers.circuit, servers.methods.probe)
    limiter = Limiter(
        servers.limits, rate=settings.telegram_rate, breaker=breaker, gather_seconds=GATHER_SECONDS
    )
    return Responder(servers.methods, limiter)


def make_services(settings: Settings, servers: Servers) -> Services:
    """The services of handlers."""
    calls = TelegramCalls(
        is_there=servers.bot.get_me,
        is_paused=make_responder(settings, servers).is_paused,
        standing=functools.partial(standing_of, servers.bot),
        read_file=functools.partial(download, servers.bot, max_bytes=MAX_FILE_BYTES),
    )
    return wiring.make_services(settings, servers, calls, parse_examples(settings.example_wallets))


def make_polling(
    settings: Settings, servers: Servers, update_writer: UpdateWriter, update_queue: UpdateQueue
) -> Polling:
    """Long polling by one instance at a time.

    Args:
        settings: with the name of this process, which owns the lease.
        servers: with what asks Telegram.
        update_writer: stores before Telegram is asked for more.
        update_queue: hears of what is stored.
    """
    return Polling(
        source=servers.update_source,
        update_writer=update_writer,
        receive=update_queue.receive,
        username=servers.bot.username,
        lease=PollingLease(database=servers.database, owner=settings.instance_id),
        prepare=functools.partial(webhook_setup.unsubscribe, servers.bot, _find_newer(settings, servers)),
    )


def _shares(settings: Settings) -> RequestShares:
    return RequestShares(burst=settings.request_burst, per_minute=settings.requests_per_minute)


async def _pause_over_limit(people: PeopleStore) -> None:
    """Apply limits that may have changed while no bot ran; a change by an operator applies them, too."""
    with contextlib.suppress(Unavailable):
        await people.pause_over_limit()


async def _watch_webhook(settings: Settings, servers: Servers, stop: Stop) -> None:
    await watch_webhook(
        servers.bot,
        stop,
        url=settings.webhook_url,
        secret=settings.webhook_secret,
        find_newer=_find_newer(settings, servers),
    )


def _find_newer(settings: Settings, servers: Servers) -> FindNewer:
    return functools.partial(newer_intake, servers.database, settings.instance_id)


async def _subscribe(settings: Settings, servers: Servers, stop: Stop) -> None:
    await webhook_setup.subscribe_until_done(
        servers.bot, stop, url=settings.webhook_url, secret=settings.webhook_secret
    )
