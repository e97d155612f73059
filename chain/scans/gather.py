"""Gathers what a scan wants to know of a token, part by part: the mint first, since it answers at once."""

from chain.scans.mint import read_mint_facts
from chain.scans.node import ScanNode
from domain.security.facts import TokenFacts


async def gather(node: ScanNode, mint: str, *, chain: str, now: int | None = None) -> TokenFacts:
    """Everything, as far as the node answers."""
    return await read_mint_facts(node, mint, chain=chain, now=now)
