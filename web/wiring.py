"""Assembles the web; only this module chooses implementations."""

import functools
import logging
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from domain.health import CheckResult, healthy
from messaging.telegram.client import initialize_bot, make_bot
from messaging.telegram.files import download
from messaging.telegram.members import standing_of
from runtime.processes.health import Health, monitor
from runtime.processes.http_server import http_server
from runtime.processes.lifecycle import Stop, nursery
from runtime.settings.settings import Settings
from services import wiring
from services.connections import Connections, open_connections
from services.services import Services
from services.wallet_lists import MAX_FILE_BYTES
from storage.coordination.instances import Heartbeat
from storage.postgres import wait_for_database
from web.api.endpoint import Api
from web.api.table import routes as api_routes
from web.callers import Callers, origin_of
from web.feed.hub import FeedHub
from web.feed.stream import Streams
from web.measured import Measured
from web.pages.routes import page_routes
from web.quota import Quota
from web.signin.openid_routes import OpenIdRoutes, make_issuer
from web.signin.routes import SignInRoutes

log = logging.getLogger(__name__)
MAX_CONNECTIONS = 4_096
"""Of one instance: open pages have one each for as long as they are open."""


async def run_web(settings: Settings, stop: Stop) -> None:
    """Serve until the stop, then finish what is in progress. PostgreSQL and Telegram may come later.

    Raises:
        OSError: a port is taken.
    """
    health = Health()
    health.wait_for("PostgreSQL")
    async with monitor(settings.metrics_port, health, host=settings.metrics_host):
        if await wait_for_database(settings.database_url.reveal(), stop):
            async with open_connections(settings) as connections:
                await _run(settings, connections, health, stop)


async def _run(settings: Settings, connections: Connections, health: Health, stop: Stop) -> None:
    async def can_read() -> CheckResult:
        await connections.database.fetchval("SELECT 1")
        return healthy("answers")

    health.add("postgresql", can_read)
    health.begin()
    heartbeat = Heartbeat(
        connections.database, instance_id=settings.instance_id, program="web", region=settings.region
    )
    bot = make_bot(settings.bot_token.reveal(), settings.telegram_api_url, connections=4)
    services = wiring.make_services(settings, connections, telegram_calls(bot))
    hub = FeedHub(services.feed, connections.deliveries_due)
    application = make_application(settings, connections, services, hub)
    try:
        async with nursery(stop) as tasks:
            tasks.start("Telegram", _begin(bot, stop))
            tasks.start("heartbeat", heartbeat.run(stop))
            tasks.start_forever("caches", functools.partial(connections.caches.listen, stop))
            tasks.start_forever("feed", functools.partial(hub.run, stop))
            async with http_server(
                application, host=settings.web_host, port=settings.web_port, max_connections=MAX_CONNECTIONS
            ):
                log.info("Ready; pages at %s", settings.web_address)
                await stop.wait()
    finally:
        await bot.shutdown()
    await heartbeat.leave()


async def _begin(bot: Any, stop: Stop) -> None:
    """Telegram may answer later: until then nobody is known to be in a group."""
    await initialize_bot(bot, stop)


def telegram_calls(bot: Any) -> wiring.TelegramCalls:
    """Return what services ask of Telegram, through this client."""

    async def is_paused() -> bool:
        return False  # nothing here is sent, and nothing here tells it

    return wiring.TelegramCalls(
        is_there=bot.get_me,
        is_paused=is_paused,
        standing=functools.partial(standing_of, bot),
        read_file=functools.partial(download, bot, max_bytes=MAX_FILE_BYTES),
    )


def make_application(
    settings: Settings, connections: Connections, services: Services, hub: FeedHub
) -> Measured:
    """The ASGI application: signing in, the feed, the API and the pages.

    Args:
        settings: name the public address.
        connections: count requests.
        services: answer them.
        hub: hands out what appears.
    """
    callers = Callers(access=services.access, origin=origin_of(settings.web_address))
    quota = Quota(connections.limits, per_minute=settings.api_requests_per_minute, burst=settings.api_burst)
    api = Api(services=services, callers=callers, quota=quota)
    streams = Streams(hub=hub, feed=services.feed, access=services.access, callers=callers, quota=quota)
    sign_in = SignInRoutes(access=services.access, callers=callers, bot_token=settings.bot_token)
    openid = OpenIdRoutes(access=services.access, callers=callers, issuer=make_issuer(settings))
    routes = [
        Route("/api/v1/feed", streams.open, methods=["GET"]),
        *api_routes(api),
        *sign_in.routes(),
        *openid.routes(),
        *page_routes(),
    ]
    return Measured(Starlette(routes=routes))
