"""Gathers what a scan wants to know of a token, part by part: the mint first, since it answers at once."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from chain.market.pool_prices import likely_pools
from chain.scans.holder_funders import common_funder_raw
from chain.scans.holders import read_holders
from chain.scans.mint import read_mint_facts
from chain.scans.node import ScanNode
from chain.scans.past import read_past
from chain.scans.pools import PoolCandidates, read_liquidity
from chain.scans.shared_reads import SharedReads
from domain.security.checks import NotRead
from domain.security.facts import Creation, EarlierLook, Holders, TokenFacts
from domain.security.issuers import issuer_of
from domain.security.mints import MintFacts
from domain.sentences import sentence

OnPart = Callable[[TokenFacts], Awaitable[None]]


async def nothing(_facts: TokenFacts) -> None:
    """Nobody wants to hear of parts."""


_ANSWERED_FOR = NotRead(reason=sentence("its issuer answers for its past, which is too long to be read"))


class ScanTarget(msgspec.Struct, frozen=True, kw_only=True):
    """The token, and what is known of it already."""

    mint: str
    chain: str
    now: int | None = None
    """Unix seconds."""
    candidates: PoolCandidates = PoolCandidates()
    earlier: EarlierLook | None = None
    """What is kept of scans before."""
    seen: Mapping[str, int] = msgspec.field(default_factory=dict)
    """What owners had when they were seen last, for nodes that list no holders."""


async def gather(node: ScanNode, target: ScanTarget, *, on_part: OnPart = nothing) -> TokenFacts:
    """Everything, as far as the node answers and the budget reaches.

    Args:
        node: whom to ask.
        target: about which token.
        on_part: is given the facts so far, once the mint and then the holders and pools are read.
    """
    pools = (*target.candidates.known, *likely_pools(target.mint))
    node = SharedReads(node, extra=[one.pool for one in pools])
    facts = await read_mint_facts(node, target.mint, chain=target.chain, now=target.now)
    facts = msgspec.structs.replace(facts, earlier=target.earlier)
    mint = facts.mint
    if not isinstance(mint, MintFacts):
        return facts
    await on_part(facts)
    found = await read_holders(node, mint, now=target.now, seen=target.seen)
    candidates = msgspec.structs.replace(target.candidates, owners=found.pools)
    liquidity = await read_liquidity(node, mint, candidates, chain=target.chain, now=target.now)
    holders = found.without_vaults(liquidity)
    facts = msgspec.structs.replace(facts, holders=holders, liquidity=liquidity)
    if issuer_of(facts) is not None:
        return msgspec.structs.replace(facts, creation=_ANSWERED_FOR, market=_ANSWERED_FOR)
    await on_part(facts)
    past = await read_past(node, facts)
    creation = past.creation
    if isinstance(creation, Creation) and isinstance(facts.holders, Holders):
        funded = await common_funder_raw(node, facts.holders)
        creation = msgspec.structs.replace(creation, common_funder_raw=funded)
    return msgspec.structs.replace(facts, creation=creation, market=past.market, market_source=past.source)
