"""Assembles the services for every program that serves people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.access import Standing
from domain.rules.lanes import parse_hourly_limits, parse_watch_limits
from domain.rules.tiers import (
    Tiers,
    parse_campaign_limits,
    parse_history_limits,
    parse_key_limits,
    parse_webhook_limits,
)
from messaging.telegram.callbacks import Callbacks
from runtime.settings.settings import Settings
from services.access import AccessStore
from services.connections import Connections
from services.feed import AlertFeed
from services.members import GroupMembers
from services.operators import (
    AuditLog,
    Broadcasts,
    CommandSwitches,
    Failures,
    KnownLimits,
    OperatorAlertBook,
)
from services.paper import CampaignStore
from services.people import ChatStore, PeopleStore
from services.services import Services
from services.stores.alert_history import AlertHistoryStore
from services.stores.own_wallets import OwnWalletStore
from services.stores.positions import PositionStore
from services.stores.price_alerts import PriceAlertStore
from services.stores.scans import ScanStore
from services.stores.shared_lists import SharedListStore
from services.stores.token_trades import TokenTradeStore
from services.stores.whale_searches import WhaleSearchStore
from services.system_status import SystemStatus
from services.watches import RuleStore, WatchStore
from services.webhooks import WebhookStore
from storage.scans.cached import SCANS
from storage.sealing import make_sealer
from storage.webhooks.webhooks import WebhookTable


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramCalls:
    """What services ask of Telegram, through the program's client."""

    is_there: Callable[[], Awaitable[object]]
    """Asks for something small; raises if Telegram does not answer."""
    is_paused: Callable[[], Awaitable[bool]]
    """Whether Telegram takes nothing from anybody at present."""
    standing: Callable[[int, int], Awaitable[Standing]]
    """What a person is in a group, by the ids of chat and person."""
    read_file: Callable[[str], Awaitable[bytes]]
    """What somebody sent, by its id."""


def make_services(
    settings: Settings,
    connections: Connections,
    telegram: TelegramCalls,
    examples: tuple[tuple[str, str], ...] = (),
) -> Services:
    """Everything that programs may use who serve people.

    Args:
        settings: the program's.
        connections: open.
        telegram: answers what Telegram alone knows.
        examples: whales offered to newcomers, label and address.
    """
    database = connections.database
    people = make_people(settings, connections)
    return Services(
        chain=settings.chain,
        operators=settings.admin_ids,
        web_address=settings.web_address,
        examples=examples,
        callbacks=Callbacks(settings.bot_token.reveal()),
        watches=_watches(settings, connections, people),
        chats=people.chats,
        rules=RuleStore(database=database, chats=people.chats, cached=connections.cached_chats),
        token_trades=TokenTradeStore(database=database, chain=settings.chain, chats=people.chats),
        own_wallets=OwnWalletStore(database=database, chain=settings.chain, chats=people.chats),
        sessions=connections.sessions,
        memos=connections.memos,
        caches=connections.caches,
        accounts=connections.accounts,
        names=connections.names,
        read_file=telegram.read_file,
        access=_access(settings, connections, telegram, people),
        people=people,
        **_limited_by_tier(settings, connections, people),
        **_of_the_chain(settings, connections),
        **_for_operators(settings, connections, telegram),
    )


def _of_the_chain(settings: Settings, connections: Connections) -> Mapping[str, Any]:
    """The part of the services that read what the chain did, by their names in `Services`."""
    database, chain, tokens = connections.database, settings.chain, connections.tokens
    replica = connections.replica
    scans = connections.caches.open(SCANS)
    return {
        "alert_history": AlertHistoryStore(database=database, replica=replica, chain=chain, tokens=tokens),
        "feed": AlertFeed(database=database, tokens=tokens),
        "price_alerts": PriceAlertStore(database=database, chain=chain, tokens=tokens),
        "positions": PositionStore(database=database, replica=replica, chain=chain, tokens=tokens),
        "scans": scans,
        "shared_lists": SharedListStore(database=database, callbacks=Callbacks(settings.bot_token.reveal())),
        "scan_store": ScanStore(database=database, chain=chain, cache=scans),
    }


def _for_operators(
    settings: Settings, connections: Connections, telegram: TelegramCalls
) -> Mapping[str, Any]:
    """The part of the services that operators use most, by their names in `Services`."""
    database = connections.database
    return {
        "system_status": make_system_status(settings, connections, telegram.is_there),
        "audit": AuditLog(database=database),
        "failures": Failures(database=database, jobs=connections.failed_jobs),
        "broadcasts": Broadcasts(database=database),
        "operator_alerts": OperatorAlertBook(database=database, runbook=settings.runbook_url),
        "switches": CommandSwitches(database),
        "limits": KnownLimits(settings, telegram.is_paused),
        "whale_searches": WhaleSearchStore(
            database=database,
            replica=connections.replica,
            queues=connections.queues,
            chain=settings.chain,
            slots_per_step=settings.whale_search_slots,
        ),
    }


def _watches(settings: Settings, connections: Connections, people: PeopleStore) -> WatchStore:
    return WatchStore(
        database=connections.database,
        chain=settings.chain,
        changed=connections.watches_changed,
        cached=connections.cached_chats,
        freed=people.pause_over_limit,
    )


def _limited_by_tier(settings: Settings, connections: Connections, people: PeopleStore) -> Mapping[str, Any]:
    """The services of which a chat has as many as its tier allows, by their names in `Services`."""
    database = connections.database
    return {
        "campaigns": CampaignStore(
            database=database, chain=settings.chain, tokens=connections.tokens, people=people
        ),
        "webhooks": make_webhooks(settings, connections, people),
    }


def make_webhooks(settings: Settings, connections: Connections, people: PeopleStore) -> WebhookStore:
    """The webhooks of chats.

    Args:
        settings: with the keys that seal secrets.
        connections: to the database and to receivers.
        people: says what a tier allows.
    """
    return WebhookStore(
        table=WebhookTable(database=connections.database, sealer=make_sealer(settings)),
        people=people,
        chats=people.chats,
        connections=connections.push_connections,
        call_senders=connections.call_senders,
    )


def _access(
    settings: Settings, connections: Connections, telegram: TelegramCalls, people: PeopleStore
) -> AccessStore:
    return AccessStore(
        database=connections.database,
        members=GroupMembers(ask=telegram.standing, cache=connections.standings),
        people=people,
        operators=settings.admin_ids,
    )


def make_people(settings: Settings, connections: Connections) -> PeopleStore:
    """The people who use the bot."""
    return PeopleStore(
        database=connections.database,
        chats=ChatStore(database=connections.database, cached=connections.cached_chats),
        tiers=Tiers(
            alerts_an_hour=parse_hourly_limits(settings.hourly_limits),
            watches=parse_watch_limits(settings.watch_limits),
            history_days=parse_history_limits(settings.history_limits),
            api_keys=parse_key_limits(settings.api_key_limits),
            campaigns=parse_campaign_limits(settings.campaign_limits),
            webhooks=parse_webhook_limits(settings.webhook_limits),
        ),
    )


def make_system_status(
    settings: Settings, connections: Connections, telegram: Callable[[], Awaitable[object]]
) -> SystemStatus:
    """Return what /status, /stats and /health read, and what operators are alerted to unasked.

    Args:
        settings: with the pauses after which silence is a fault.
        connections: to everything whose state is read.
        telegram: asks Telegram something that changes nothing.
    """
    return SystemStatus(
        canary_seconds=settings.canary_seconds,
        database=connections.database,
        replica=connections.replica,
        queues=connections.queues,
        failed_jobs=connections.failed_jobs,
        chain=settings.chain,
        telegram=telegram,
        folder=settings.data_dir,
        feed_pause=0.0 if settings.reconcile == "blocks" else settings.reconcile_seconds,
    )
