"""All services of handlers in one value; `bot/wiring.py` builds it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from messaging.telegram.callbacks import Callbacks
from services.access import AccessStore
from services.accounts import AccountReader
from services.feed import AlertFeed
from services.names import NameReader
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
from storage.cache import Cache
from storage.caches import Caches
from storage.chats.sessions import Memos, Sessions
from storage.scans.cached import ScanReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services and the facts that handlers need."""

    chain: str
    """The name of the watched chain, as in the rows of PostgreSQL."""
    operators: frozenset[int]
    """The people who may use operators' commands."""
    web_address: str
    """Where people find the pages."""
    examples: tuple[tuple[str, str], ...]
    """Whales offered to newcomers: label and address."""
    callbacks: Callbacks
    watches: WatchStore
    chats: ChatStore
    rules: RuleStore
    alert_history: AlertHistoryStore
    feed: AlertFeed
    own_wallets: OwnWalletStore
    token_trades: TokenTradeStore
    price_alerts: PriceAlertStore
    campaigns: CampaignStore
    positions: PositionStore
    sessions: Sessions
    memos: Memos
    caches: Caches
    scans: Cache[ScanReading]
    """By mint; workers fill it."""
    scan_store: ScanStore
    """The last scans, however old."""
    accounts: AccountReader
    names: NameReader
    shared_lists: SharedListStore
    access: AccessStore
    read_file: Callable[[str], Awaitable[bytes]]
    """The content of a file that somebody sent, by its id; raises BadInput if it is gone or too large."""
    system_status: SystemStatus
    audit: AuditLog
    people: PeopleStore
    failures: Failures
    broadcasts: Broadcasts
    operator_alerts: OperatorAlertBook
    switches: CommandSwitches
    limits: KnownLimits
    whale_searches: WhaleSearchStore
    webhooks: WebhookStore
