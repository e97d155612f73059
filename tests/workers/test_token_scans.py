"""How long a scan holds, what makes it void, and what is new since the last different one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from chain.rpc.pool import open_rpc
from domain.activity.activity import SOL
from domain.activity.prices import ReadPrice
from domain.errors import NodeUnavailable
from domain.security.scan import Scan
from runtime import clock
from runtime.embedded.ports import free_port
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from storage.market.dollars import note_published
from storage.market.pools import StoredPools
from storage.scans.cached import ScanReading
from storage.scans.results import last_scan
from tests.workers.questions.asking import Asking, asking
from workers.process import Context
from workers.token_scans import token_scan

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def rescanned(context: Context, mint: str) -> ScanReading:
    """Scan again as another worker would that has nothing in its own memory."""
    await context.cached.scans.forget(mint)
    return await token_scan(context, mint)


async def change(context: Context, statement: str, mint: str) -> None:
    await context.database.execute(f"UPDATE security_scans SET {statement} WHERE subject = $1", mint)


async def test_a_scan_that_holds_is_used_again_and_an_old_one_only_while_the_mint_is_the_same(
    alice: Asking,
) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.tokens[1].mint)
    first = await token_scan(context, mint)
    assert (await rescanned(context, mint)).read_at == first.read_at
    old = "scanned_at = now() - interval '2 hours', expires_at = now() + interval '9 hours'"
    await change(context, old, mint)
    unchanged = await rescanned(context, mint)
    assert unchanged.read_at < first.read_at
    await change(context, "result = jsonb_set(result, '{fingerprint}', '\"another\"')", mint)
    assert (await rescanned(context, mint)).read_at > first.read_at


async def test_an_expired_scan_is_made_again_and_what_changed_is_in_the_news(alice: Asking) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.tokens[1].mint)
    await token_scan(context, mint)
    older = (
        "scanned_at = now() - interval '8 days', expires_at = now() - interval '1 day',"
        " result = jsonb_set(result, '{figures,can_freeze}', 'true')"
    )
    await change(context, older, mint)
    reading = await rescanned(context, mint)
    assert "freeze authority given up" in map(str, reading.news)
    assert reading.earlier_at is not None
    stored = await last_scan(context.database, chain=context.settings.chain, subject=mint)
    assert stored is not None
    assert stored.earlier is not None
    assert msgspec.json.decode(stored.earlier)["supply"] == reading.scan.figures.supply


async def test_what_was_found_is_kept_with_its_sources(alice: Asking) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.tokens[1].mint)
    reading = await token_scan(context, mint)
    stored = await last_scan(context.database, chain=context.settings.chain, subject=mint)
    assert stored is not None
    assert msgspec.json.decode(stored.result, type=Scan) == reading.scan
    assert all(check.source.name for check in reading.scan.checks)


async def test_the_largest_pool_is_found_the_next_time_whoever_named_it(alice: Asking) -> None:
    """A pool that only a list names which the node refuses then would look as if it were drained."""
    context, mint = alice.context, str(alice.sandbox.simulation.token("MITTEN").mint)
    now = int(clock.now().timestamp())
    price = ReadPrice(mint=SOL, usd=Decimal(200), published_at=now, is_certain=True)
    await note_published(context.database, chain=context.settings.chain, prices=[price])
    await context.database.execute("DELETE FROM pools")
    scan = (await token_scan(context, mint)).scan
    assert scan.figures.dollars
    pools = StoredPools(database=context.database, chain=context.settings.chain)
    (known,) = (await pools.known_pools([mint], await pools.dollars()))[mint]
    assert known.venue is not None
    assert known.vaults is not None
    assert known.liquidity_quote


async def test_without_any_node_there_is_no_scan_and_nothing_is_kept(alice: Asking) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.tokens[1].mint)
    settings = load_settings({"CHAIN": "sandbox", "SCAN_SECONDS": "1"})
    async with open_rpc([Secret(f"http://127.0.0.1:{free_port()}")]) as nobody:
        with pytest.raises(NodeUnavailable):
            await token_scan(replace(context, rpc=nobody, settings=settings), mint)
    assert await last_scan(context.database, chain=context.settings.chain, subject=mint) is None
