"""Tokens, prices and scans: what is stored, and null for what is not known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from domain.security.checks import CheckName, Family, Grade, Source, Topic
from domain.security.scan import Scan
from domain.sentences import sentence
from domain.tokens.candles import SeenPrice
from storage.market.candles import note_prices_read
from storage.scans.results import ScanToStore, save_scan
from tests.storage.sample_data import CHAIN, MINT, WHALE
from tests.web.conftest import Web

pytestmark = pytest.mark.services


async def test_a_token_is_answered_with_its_price_and_its_candles(web: Web) -> None:
    database, key = web.connections.database, await web.key()
    assert (await web.ask("GET", f"/api/v1/tokens/{MINT}", key=key)).status == 404
    await database.execute(
        "INSERT INTO tokens (chain, mint, symbol, name, decimals, supply)"
        " VALUES ($1, $2, 'BONK', 'Bonk', 5, 88000000000000000)",
        CHAIN,
        MINT,
    )
    now = datetime.now(UTC)
    prices = [
        SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal("0.00002"), at=now - timedelta(minutes=minutes))
        for minutes in (5, 1)
    ]
    await note_prices_read(database, prices)
    token = await web.get(f"/tokens/{MINT}", key)
    assert (token["symbol"], token["supply"], token["mint_authority"]) == ("BONK", "88000000000000000", None)
    assert Decimal(token["price"]["usd"]) == Decimal("0.00002")
    assert (await web.get(f"/prices?mints={MINT},{WHALE}", key))["data"][0]["mint"] == MINT
    candles = await web.get(f"/prices/{MINT}/candles?seconds=60&hours=1", key)
    assert len(candles["data"]) == 2


async def test_the_last_scan_is_answered_with_each_check(web: Web) -> None:
    key = await web.key()
    assert (await web.ask("GET", f"/api/v1/scans/{MINT}", key=key)).status == 404
    pause = Topic(name=CheckName.PAUSE, family=Family.CONTROL, source=Source(name="mint account"))
    stopped = pause.failed(sentence("{who} can stop all transfers.", who="Boss"), Grade.D)
    scan = Scan(subject=MINT, checks=(stopped,), slot=5, symbol="BONK")
    stored = ScanToStore(result=msgspec.json.encode(scan).decode(), earlier=None, summary=None)
    await save_scan(web.connections.database, chain=CHAIN, subject=MINT, scan=stored, seconds=60.0)
    answer = await web.get(f"/scans/{MINT}", key)
    assert (answer["mint"], answer["decided"], answer["of"], answer["symbol"]) == (MINT, 1, 1, "BONK")
    assert answer["checks"][0]["reason"] == "Boss can stop all transfers."
