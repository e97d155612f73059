"""What is gathered of a token, and what stays unknown where nobody answers."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import base58
import msgspec
import pytest
from solders.keypair import Keypair

from chain.rpc.pool import open_rpc
from chain.scans.gather import ScanTarget, SharedReads, gather
from chain.scans.node import LiveNode, NotAnswered
from chain.scans.pools import PoolCandidates
from chain.scans.recorded import RecordedNode
from domain.activity.activity import SOL
from domain.security.checks import Family, Grade, NotRead, Verdict
from domain.security.facts import TokenFacts
from domain.security.scan import grade, scan_token
from domain.sentences import sentence
from runtime import clock
from runtime.settings.secret import Secret
from sandbox.actors.config import TOKENS, SimulationConfig, TokenPlan
from sandbox.local import LocalConfig, LocalSandbox
from tests.chain import samples
from tests.chain.scans.clean_world import BOSS, SUPPLY, world
from tests.chain.scans.tables import REFUSED, TableNode, account
from tests.sandbox.actors.running import QUIET

MINT = samples.address("mint")


async def test_where_nobody_answers_every_part_is_unknown_with_a_reason(tmp_path: Path) -> None:
    facts = await gather(RecordedNode(tmp_path), ScanTarget(mint=MINT, chain="solana", now=5))
    parts = (facts.mint, facts.metadata, facts.holders, facts.liquidity, facts.market, facts.creation)
    assert all(isinstance(part, NotRead) and part.reason for part in parts)
    assert facts.mint_source.read_at == 5


CREATED, DAY = 1_700_000_000, 86_400


async def test_a_clean_token_that_is_known_gets_a_b_while_nobody_trades_it() -> None:
    mint = str(Keypair().pubkey())
    accounts = world(mint)
    made = samples.transaction(
        {BOSS: (10**9, 9 * 10**8), mint: (0, 1), "a": (0, 1)},
        tokens=((), (samples.token_balance("a", BOSS, mint, SUPPLY // 100),)),
    )
    own = {"amount": str(SUPPLY // 100)}
    answers = {
        "getTokenLargestAccounts": {"value": [{"address": at, "amount": "1"} for at in list(accounts)[-20:]]},
        "getSignaturesForAddress": [{"signature": "s", "slot": 9, "blockTime": CREATED, "err": None}],
        "getTransaction": made,
        "getTokenAccountsByOwner": {
            "value": [{"account": {"data": {"parsed": {"info": {"tokenAmount": own}}}}}]
        },
    }
    target = ScanTarget(
        mint=mint,
        chain="solana",
        now=CREATED + 90 * DAY,
        candidates=PoolCandidates(dollars={SOL: Decimal(200)}),
    )
    received: list[TokenFacts] = []

    async def show(facts: TokenFacts) -> None:
        received.append(facts)

    node = TableNode(accounts, answers)
    scan = scan_token(await gather(node, target, on_part=show))
    assert grade(scan) is Grade.B
    undecided = {check.family for check in scan.checks if check.verdict is Verdict.UNKNOWN}
    assert Family.CONTROL not in undecided
    assert {check.verdict for check in scan.checks if check.at_best not in {Grade.A, Grade.B}} == set()
    assert len(node.asked) <= 30
    assert [isinstance(one.holders, NotRead) for one in received] == [True, False]


class Budgeted(TableNode):
    """Answers thirty questions."""

    @property
    def left(self) -> int:
        return max(0, 30 - len(self.asked))

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        if not self.left:
            raise NotAnswered(sentence("the scan may ask no more questions"))
        return await super().ask(method, params)


async def test_who_paid_holders_that_look_like_one_persons_is_asked_before_the_trades() -> None:
    """However many transactions there are to read, nineteen equal parts are not left unknown."""
    mint, boss = str(Keypair().pubkey()), samples.address("boss")
    accounts = world(mint, spread=0)
    owners = {base58.b58encode(one.data[32:64]).decode() for one in list(accounts.values())[-19:] if one}

    def listed(params: Sequence[Any]) -> list[dict[str, Any]]:
        number = 1 if params[0] in owners else 900
        return [
            {"signature": f"{params[0]} {at}", "slot": 9, "blockTime": CREATED, "err": None}
            for at in range(number)
        ]

    def transaction(params: Sequence[Any]) -> dict[str, Any]:
        owner = str(params[0]).partition(" ")[0]
        return samples.transaction({boss: (10**9, 9 * 10**8), owner: (0, 10**8)})

    node = Budgeted(
        accounts,
        {
            "getTokenLargestAccounts": {
                "value": [{"address": at, "amount": "1"} for at in list(accounts)[-20:]]
            },
            "getSignaturesForAddress": listed,
            "getTransaction": transaction,
        },
    )
    scan = scan_token(await gather(node, ScanTarget(mint=mint, chain="solana", now=CREATED + 90 * DAY)))
    check = next(one for one in scan.checks if one.name == "common funders")
    assert (check.verdict, check.at_best) == (Verdict.WARN, Grade.C)
    assert len(node.asked) <= 30


WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def as_wif(plan: TokenPlan) -> TokenPlan:
    return replace(plan, symbol="WIF", name="dogwifhat", address=WIF) if plan.symbol == "MITTEN" else plan


FEW = tuple(as_wif(plan) for plan in TOKENS if plan.symbol in {"USDC", "MITTEN", "LEVIATHAN"})


async def test_a_clean_well_known_token_of_the_sandbox_gets_an_a_within_thirty_questions() -> None:
    """Its maker burned most of it, its pool's shares are burned, and many people trade it."""
    simulation = SimulationConfig(tokens=FEW, whales=(), retail=60, timing=replace(QUIET, retail=2))
    running = LocalConfig(slot_seconds=0.02, simulation=simulation)
    async with LocalSandbox(running) as sandbox, open_rpc([Secret(sandbox.chain.rpc_url)]) as rpc:
        for _ in range(80):
            await sandbox.next_block()
        node = LiveNode(rpc, requests=30, seconds=20.0)
        target = ScanTarget(
            mint=WIF,
            chain="sandbox",
            now=int(clock.now().timestamp()),
            candidates=PoolCandidates(dollars={SOL: Decimal(200)}),
        )
        scan = scan_token(await gather(node, target))
    assert grade(scan) is Grade.A
    assert node.spent <= 30


ONE, TWO, POOL = (samples.address(name) for name in ("one", "two", "pool"))
WORLD = {at: account(at, b"") for at in (ONE, POOL)}


async def test_what_is_wanted_later_comes_with_what_is_wanted_first() -> None:
    asked = TableNode(dict(WORLD))
    node = SharedReads(asked, extra=[POOL, ONE])
    assert await node.accounts([ONE]) == {ONE: WORLD[ONE]}
    assert await node.accounts([POOL, ONE]) == {POOL: WORLD[POOL], ONE: WORLD[ONE]}
    assert await node.accounts([TWO, POOL]) == {TWO: None, POOL: WORLD[POOL]}
    assert len(asked.asked) == 2
    assert node.left == asked.left


async def test_one_question_takes_no_more_than_it_has_room_for() -> None:
    asked = TableNode(dict(WORLD))
    node = SharedReads(asked, extra=[samples.address(str(at)) for at in range(120)] + [POOL])
    await node.accounts([ONE])
    await node.accounts([POOL])
    assert len(asked.asked) == 2


async def test_other_questions_go_to_the_node() -> None:
    node = SharedReads(TableNode({}, {"getSlot": 5}), extra=[])
    assert bytes(await node.ask("getSlot", [])) == b"5"
    assert [
        bytes(one) for one in await node.ask_many("getSlot", [[], []]) if not isinstance(one, NotAnswered)
    ] == [
        b"5",
        b"5",
    ]
    with pytest.raises(NotAnswered, match=REFUSED):
        await SharedReads(TableNode(), extra=[]).accounts([ONE])
