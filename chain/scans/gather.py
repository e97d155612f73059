"""Gathers the facts of a token scan, part by part, the mint first."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from chain.market.pool_prices import likely_pools
from chain.rpc.accounts import BATCH, Account
from chain.scans.holder_funders import CommonFunder, common_funder
from chain.scans.holders import read_holders
from chain.scans.mint import read_mint_facts
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.past import read_past
from chain.scans.pools import PoolCandidates, read_liquidity
from domain.security.checks import NotRead
from domain.security.facts import Creation, EarlierScans, Holders, TokenFacts
from domain.security.holders import alike_holders
from domain.security.issuers import issuer_of
from domain.security.mints import MintFacts
from domain.sentences import sentence

OnPart = Callable[[TokenFacts], Awaitable[None]]


async def nothing(_facts: TokenFacts) -> None:
    """Nobody wants to be notified of parts."""


_ANSWERED_FOR = NotRead(reason=sentence("its issuer answers for its past, which is too long to be read"))


class ScanTarget(msgspec.Struct, frozen=True, kw_only=True):
    """The token, and what is known of it already."""

    mint: str
    chain: str
    now: int | None = None
    """Unix seconds."""
    candidates: PoolCandidates = PoolCandidates()
    earlier: EarlierScans | None = None
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
    vaults = tuple(one.address for one in found.accounts)
    candidates = msgspec.structs.replace(target.candidates, owners=found.pools, vaults=vaults)
    liquidity = await read_liquidity(node, mint, candidates, chain=target.chain, now=target.now)
    holders = found.without_vaults(liquidity)
    facts = msgspec.structs.replace(facts, holders=holders, liquidity=liquidity)
    if issuer_of(facts) is not None:
        return msgspec.structs.replace(facts, creation=_ANSWERED_FOR, market=_ANSWERED_FOR)
    await on_part(facts)
    funded = await _suspicious_funder(node, facts)
    past = await read_past(node, facts)
    creation = past.creation
    if isinstance(creation, Creation) and isinstance(facts.holders, Holders):
        funded = funded or await common_funder(node, facts.holders)
        creation = msgspec.structs.replace(
            creation,
            common_funder_raw=funded.raw,
            funders_known=funded.known,
            of_one_funder=funded.of_one,
            different_funders=funded.different,
        )
    return msgspec.structs.replace(facts, creation=creation, market=past.market, market_source=past.source)


async def _suspicious_funder(node: ScanNode, facts: TokenFacts) -> CommonFunder | None:
    """Return who paid holders that look like one person's; of others it is asked once all else is read."""
    if isinstance(facts.holders, Holders) and alike_holders(facts.holders):
        return await common_funder(node, facts.holders)
    return None


class SharedReads:
    """A node for one scan, whose answers are all of one moment.

    Args:
        node: whom to ask.
        extra: accounts that are read with the first others, as far as one question has room for them.
    """

    def __init__(self, node: ScanNode, *, extra: Sequence[str]) -> None:
        self._node = node
        self._extra = list(dict.fromkeys(extra))
        self._read: dict[str, Account | None] = {}

    @property
    def left(self) -> int:
        """How many questions may still be asked."""
        return self._node.left

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        """The accounts; those that were read already are not asked for again."""
        missing = [address for address in dict.fromkeys(addresses) if address not in self._read]
        if missing:
            extra, self._extra = self._extra, []  # once: if they are too much, the others come without
            room = max(0, BATCH - len(missing))
            more = [address for address in extra if address not in missing]
            self._read |= await self._node.accounts([*missing, *more[:room]])
        return {address: self._read[address] for address in addresses if address in self._read}

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        """The `result` of a method."""
        return await self._node.ask(method, params)

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        """The `result` of a method for each of these."""
        return await self._node.ask_many(method, params)
