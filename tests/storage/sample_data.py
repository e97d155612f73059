"""A small cast for the tests of storage: Alice and Bob follow a whale that buys."""

from datetime import UTC, datetime

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.alerts.kinds import rules_of
from domain.chats import Chat, ChatKind
from domain.rules.decisions import Decision
from domain.rules.rules import ChatSettings, Watch
from storage.caches import Caches
from storage.chats.chats import saw_chat
from storage.chats.rules import settings_of_chats
from storage.chats.watches import add_watch
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.delivery.trade_prices import note_trades
from storage.ingest.activities import Batch, store
from storage.market.tokens import TOKENS, CachedTokens
from storage.postgres import Database
from storage.redis import open_redis

CHAIN = "sandbox"
WHALE = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
ALICE = 1001
BOB = 1002
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def tokens_without_redis(database: Database) -> CachedTokens:
    """Names of tokens for one process, which has no Redis."""
    cache = Caches(open_redis("redis://127.0.0.1:1/0", text=False)).open(TOKENS)
    return CachedTokens(database=database, cache=cache, chain=CHAIN)


async def settings_of(database: Database, chat_id: int) -> ChatSettings:
    """What stands in the row of one chat."""
    return (await settings_of_chats(database, [chat_id]))[chat_id]


def purchase(number: int = 0, *, wallet: str = WHALE, kind: Kind = Kind.BUY) -> Activity:
    return Activity(
        chain=CHAIN,
        signature=f"signature-{number}",
        slot=100 + number,
        block_time=1_700_000_000 + number,
        wallet=wallet,
        kind=kind,
        paid=(Leg(mint=SOL, raw=84_200_000_000, decimals=9),),
        received=(Leg(mint=MINT, raw=3_841_012_345, decimals=5),),
    )


async def follow(database: Database, chat_id: int, *, wallet: str = WHALE, label: str = "") -> bool:
    await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title=f"chat {chat_id}"))
    return await add_watch(database, watch_for(chat_id, wallet=wallet, label=label), created_by=chat_id)


def watch_for(chat_id: int, *, wallet: str = WHALE, label: str = "") -> Watch:
    return Watch(
        watch_id=0,
        chat_id=chat_id,
        topic_id=0,
        chain=CHAIN,
        wallet=wallet,
        label=label,
        created_at=EPOCH,
    )


async def happened(database: Database, *activities: Activity) -> list[int]:
    return await store(database, Batch(chain=CHAIN, activities=activities))


def rules(watch: Watch, alert: Alert) -> Decision:
    return rules_of(alert.event).decide(
        watch,
        alert.event,
        seen_at=alert.created_at,
        now=alert.now,
        facts=alert.facts,
        reverted=alert.reverted,
    )


async def fan_out_all(database: Database) -> int:
    wanted = 0
    while (done := await fan_out_next(database, rules)) is not None:
        wanted += done.wanted
    await note_trades(database)
    return wanted
