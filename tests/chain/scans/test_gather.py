"""What is gathered of a token, and what stays unknown where nobody answers."""

from pathlib import Path

from chain.scans.gather import ScanTarget, gather
from chain.scans.recorded import RecordedNode
from domain.security.checks import NotRead
from tests.chain import samples

MINT = samples.address("mint")


async def test_where_nobody_answers_every_part_is_unknown_with_a_reason(tmp_path: Path) -> None:
    facts = await gather(RecordedNode(tmp_path), ScanTarget(mint=MINT, chain="solana", now=5))
    parts = (facts.mint, facts.metadata, facts.holders, facts.liquidity, facts.market, facts.creation)
    assert all(isinstance(part, NotRead) and part.reason for part in parts)
    assert facts.mint_source.read_at == 5
