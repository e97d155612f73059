"""The grade of a token beside the alert: by the last scan, else by the mint alone, within a budget."""

import base64
import dataclasses
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
from domain.security.facts import Creation, EarlierScans, Liquidity
from domain.security.mints import TOKEN_PROGRAM
from domain.security.safety import TokenState
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Message
from runtime import clock
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from storage.delivery.claims import claim
from storage.delivery.token_safety import compare, note_tokens
from storage.postgres import Database
from storage.scans.results import (
    ScanToStore,
    last_scan,
    rugs_of,
    save_scan,
    scan_summaries,
    take_grade_requests,
    tokens_of_many_chats,
)
from tests.chain import nodes
from tests.chain.mints import plain
from tests.domain.security.tokens import PAIR, SOURCE, scanned
from tests.storage.outbox import NEWCOMER, send_all
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase
from tests.workers.cached import facts_without_redis
from workers.process import Context
from workers.token_grades import REQUESTS, Grader, scan_common_token
from workers.token_scans import stored_form

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
        self.context = context
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
        assert len(run.asked) <= REQUESTS  # what is in progress serves the next alert
    scan = await last_scan(database, chain=CHAIN, subject=MINT)
    assert scan is not None
    assert not scan.is_fresh  # a /scan reads the rest


async def test_a_rug_of_last_week_is_still_an_f_where_the_mint_alone_is_read(database: Database) -> None:
    rugged = scanned(
        subject=MINT,
        liquidity=Liquidity(pools=(structs.replace(PAIR, dollars=Decimal(50)),), source=SOURCE),
        earlier=EarlierScans(dollars=Decimal(400_000)),
    )
    creation = structs.replace(EarlierScans(), creation=Creation(source=SOURCE, creator="Boss"))
    await save_scan(database, chain=CHAIN, subject=MINT, scan=stored_form(rugged, creation), seconds=600)
    await database.execute("UPDATE security_scans SET scanned_at = scanned_at - interval '7 days'")
    await database.execute("UPDATE security_scans SET expires_at = scanned_at")
    assert await rugs_of(database, chain=CHAIN, creator="Boss", besides="another") == (1, 1)
    await send_alerts(database, ALICE)
    async with worker(database) as run:
        assert await run.grader.step() == 1
    (grade,) = await grades(database)
    assert grade is not None
    assert (grade.grade, grade.liquidity) == (Grade.F, Verdict.FAIL)
    assert await rugs_of(database, chain=CHAIN, creator="Boss", besides="another") == (1, 1)


async def keep(database: Database, known: GradeSummary = KNOWN, *, seconds: float = 600) -> None:
    scan = ScanToStore(result="{}", summary=msgspec.json.encode(known).decode())
    await save_scan(database, chain=CHAIN, subject=MINT, scan=scan, seconds=seconds)


async def grade_shown(database: Database, *, minutes: int = 0) -> GradeSummary | None:
    """Return what the first message about a trade shows that leaves so many minutes after it."""
    await follow(database, ALICE)
    await happened(database, traded(1))
    await fan_out_all(database)
    await database.execute("UPDATE alerts SET created_at = created_at - make_interval(mins => $1)", minutes)
    (delivery,) = await claim(database, owner="a", limit=9)
    assert isinstance(delivery.content, AlertContent)
    return delivery.content.late.grade


async def test_a_grade_in_hand_stands_in_the_first_message(database: Database) -> None:
    await keep(database)
    assert await grade_shown(database) == KNOWN
    assert await grades(database) == [None]  # so no edit follows


@pytest.mark.parametrize(("grade", "is_shown"), [(Grade.A, False), (Grade.B, False), (Grade.D, True)])
async def test_a_good_grade_is_shown_while_its_scan_holds_and_a_bad_one_for_a_day(
    database: Database,
    grade: Grade,
    is_shown: bool,  # noqa: FBT001 - a case
) -> None:
    await keep(database, structs.replace(KNOWN, grade=grade), seconds=-1)
    assert (await grade_shown(database) is not None) == is_shown
    assert bool(await scan_summaries(database, chain=CHAIN, subjects=[MINT])) == is_shown


async def test_an_alert_that_waited_longer_than_a_grade_holds_tells_none(database: Database) -> None:
    await keep(database)
    assert await grade_shown(database, minutes=11) is None


async def test_the_grade_of_a_token_that_became_dangerous_is_void(database: Database) -> None:
    await keep(database)
    await become_dangerous(database)
    scan = await last_scan(database, chain=CHAIN, subject=MINT)
    assert scan is not None
    assert not scan.is_fresh
    assert await scan_summaries(database, chain=CHAIN, subjects=[MINT]) == {}
    assert await grade_shown(database) is None


async def test_a_token_that_became_dangerous_is_scanned_whole_again(database: Database) -> None:
    await send_alerts(database, ALICE, BOB)
    await keep(database)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == []
    await become_dangerous(database)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == [MINT]


@pytest.mark.parametrize("was_scanned", [True, False])
async def test_the_mint_alone_grades_no_token_that_became_dangerous(
    database: Database,
    was_scanned: bool,  # noqa: FBT001 - a case
) -> None:
    """A drained token has as good a mint as before; a middling grade after such news would belie it."""
    await send_alerts(database, ALICE)
    await note_tokens(database, chain=CHAIN, money=[])
    if was_scanned:
        await keep(database)
    await become_dangerous(database)
    await send_alerts(database, ALICE, number=2)
    async with worker(database) as run:
        assert await run.grader.step() == 0
        assert run.asked == []
    assert set(await grades(database)) == {None}
    await keep(database, structs.replace(KNOWN, grade=Grade.D))
    await send_alerts(database, ALICE, number=3)
    assert await scan_summaries(database, chain=CHAIN, subjects=[MINT]) != {}


async def become_dangerous(database: Database) -> None:
    for slot, dollars in ((1, 50_000), (2, 5)):
        state = TokenState(slot=slot, supply=1_000, liquidity=Decimal(dollars))
        await compare(database, chain=CHAIN, states={MINT: state}, read_at=clock.now())


async def test_without_a_budget_nothing_is_asked(database: Database) -> None:
    await send_alerts(database, ALICE)
    async with worker(database, GRADE_REQUESTS_PER_HOUR="0") as run:
        assert await run.grader.step() == 0
        assert run.asked == []


async def test_a_worker_that_starts_anew_does_not_spend_the_hour_again(database: Database) -> None:
    await send_alerts(database, ALICE)
    assert await take_grade_requests(database, chain=CHAIN, requests=REQUESTS, per_hour=REQUESTS)
    async with worker(database, GRADE_REQUESTS_PER_HOUR=str(REQUESTS)) as run:
        assert await run.grader.step() == 0
        assert run.asked == []


async def test_what_many_were_sent_is_scanned_by_a_beat_of_its_own_while_alerts_come(
    database: Database,
) -> None:
    await send_alerts(database, ALICE, BOB, NEWCOMER)
    async with worker(database, GRADE_REQUESTS_PER_HOUR="0") as run:
        await run.grader.step()
        await run.grader.step()
        assert run.asked == []  # the grader neither waits for a scan nor makes one when it is idle
        assert await scan_common_token(run.context) == MINT
        assert await scan_common_token(dataclasses.replace(run.context, owner="another")) is None
    assert await last_scan(database, chain=CHAIN, subject=MINT) is not None


async def test_a_token_that_several_chats_were_sent_is_to_be_scanned_whole(database: Database) -> None:
    await send_alerts(database, ALICE, BOB)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=3, limit=5) == []
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == [MINT]
    await keep(database, seconds=0)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == [MINT]
    await keep(database, seconds=60)
    assert await tokens_of_many_chats(database, chain=CHAIN, chats=2, limit=5) == []
