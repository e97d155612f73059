"""The grade of a token beside the alert: by the last scan, else by the mint alone, within a budget."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from aiohttp import web
from msgspec import structs

from chain.rpc.pool import open_rpc
from domain.activity.activity import SOL, Activity, TradePrice
from domain.alerts.late_facts import read_late_facts
from domain.delivery.deliveries import AlertContent
from domain.delivery.results import SendResult
from domain.security.checks import Grade, GradeSummary, Verdict
from domain.security.mints import TOKEN_PROGRAM
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Message
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from storage.delivery.claims import claim
from storage.postgres import Database
from storage.scans.results import ScanToStore, last_scan, save_scan, tokens_of_many_chats
from tests.chain import nodes
from tests.chain.mints import plain
from tests.storage.outbox import send_all
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase
from tests.workers.cached import facts_without_redis
from workers.process import Context
from workers.token_grades import REQUESTS, Grader

pytestmark = pytest.mark.services

KNOWN = GradeSummary(
    grade=Grade.A,
    decided=36,
    of=37,
    control=Verdict.PASS,
    holders=Verdict.PASS,
    liquidity=Verdict.PASS,
)


def mint_only(request: dict[str, Any]) -> web.Response:
    """A node that has the mint, and no metadata."""
    data = base64.b64encode(plain()).decode()
    account = {"data": [data, "base64"], "owner": TOKEN_PROGRAM, "lamports": 1, "executable": False}
    addresses = request["params"][0]
    values = [account if address == MINT else None for address in addresses]
    return nodes.result({"context": {"slot": 9}, "value": values})


class Silent:
    """Nobody is written to here."""

    async def send(self, message: Message) -> SendResult:
        raise AssertionError(message)

    async def edit(self, message: Message, message_id: int) -> SendResult:
        raise AssertionError(message, message_id)


class Run:
    """A worker that grades, and what its node was asked."""

    def __init__(self, context: Context, asked: list[Any]) -> None:
        self.grader = Grader(context)
        self.asked = asked


@asynccontextmanager
async def worker(database: Database, **settings: str) -> AsyncIterator[Run]:
    async with nodes.counting(mint_only) as (url, asked), open_rpc([Secret(url)]) as rpc:
        context = Context(
            settings=load_settings({"CHAIN": CHAIN} | settings),
            owner="worker",
            database=database,
            telegram=Silent(),
            cached=facts_without_redis(database),
            callbacks=Callbacks(SANDBOX_BOT_TOKEN.reveal()),
            rpc=rpc,
        )
        yield Run(context, asked)


def traded(number: int) -> Activity:
    price = TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=Decimal("0.002"))
    return structs.replace(purchase(number), price=price)


async def send_alerts(database: Database, *chats: int, number: int = 1) -> None:
    """Trades that these chats were sent some seconds ago."""
    for chat in chats:
        await follow(database, chat)
    await happened(database, traded(number))
    await fan_out_all(database)
    await send_all(database, message_id=7)
    await database.execute("UPDATE alerts SET created_at = created_at - interval '4 seconds'")


async def grades(database: Database) -> list[GradeSummary | None]:
    rows = await database.fetch("SELECT late FROM alerts ORDER BY alert_id")
    return [read_late_facts(row["late"]).grade for row in rows]


async def test_a_token_that_was_never_scanned_is_graded_by_its_mint_with_two_requests_at_most(
    database: Database,
) -> None:
    await send_alerts(database, ALICE)
    async with worker(database) as run:
        assert await run.grader.step() == 1
        (grade,) = await grades(database)
        assert grade is not None
        assert (grade.grade, grade.control, grade.holders) == (Grade.C, Verdict.PASS, Verdict.UNKNOWN)
        assert 1 <= len(run.asked) <= REQUESTS
        await send_alerts(database, ALICE, number=2)
        await run.grader.step()
        assert len(run.asked) <= REQUESTS  # what is in hand serves the next alert
    scan = await last_scan(database, chain=CHAIN, subject=MINT)
    assert scan is not None
    assert not scan.is_fresh  # a /scan reads the rest


async def test_a_grade_in_hand_stands_in_the_first_message(database: Database) -> None:
    scan = ScanToStore(result="{}", summary=msgspec.json.encode(KNOWN).decode())
    await save_scan(database, chain=CHAIN, subject=MINT, scan=scan, seconds=60)
    await follow(database, ALICE)
    await happened(database, traded(1))
    await fan_out_all(database)
    (delivery,) = await claim(database, owner="a", limit=9)
    assert isinstance(delivery.content, AlertContent)
    assert delivery.content.late.grade == KNOWN
    assert await grades(database) == [None]  # so no edit follows


async def test_without_a_budget_nothing_is_asked(database: Database) -> None:
    await send_alerts(database, ALICE)
    async with worker(database, GRADE_REQUESTS_PER_HOUR="0") as run:
        assert await run.grader.step() == 0
        assert run.asked == []


async def test_a_token_that_several_chats_were_sent_is_to_be_scanned_whole(database: Database) -> None:
    await send_alerts(database, ALICE, BOB)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=3, limit=5) == []
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == [MINT]
    await save_scan(database, chain=CHAIN, subject=MINT, scan=ScanToStore(result="{}"), seconds=0)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == [MINT]
    await save_scan(database, chain=CHAIN, subject=MINT, scan=ScanToStore(result="{}"), seconds=60)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == []
