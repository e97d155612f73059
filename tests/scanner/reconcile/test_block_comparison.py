"""One of several nodes lies about a block: it is noticed, told to operators, and what is true stands."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from chain.rpc.pool import open_rpc
from chain.urls import host_name
from runtime.observability.metrics import rpc_answers_contradicted
from runtime.settings.secret import Secret
from sandbox.chain.errors import RpcError, block_cleaned_up, slot_skipped
from sandbox.chain.server import SandboxChain
from scanner.reconcile.block_comparison import MAX_COMPARED_A_PASS, MAX_DECIDED_A_PASS, BlockComparison
from storage.admin.operators import recent_discoveries
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import CONFIG, Reconciling, context_of, reconciling_with, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow
from tests.scenarios.nodes import changed_node

pytestmark = pytest.mark.services

STANDING = "SELECT payload->>'signature' FROM alerts WHERE reverted_at IS NULL ORDER BY alert_id"
LIE = "Lie123"


class Lies:
    """What the first node says otherwise; nothing, until a test says what."""

    def __init__(self) -> None:
        self.by_method: dict[str, Callable[[Any], Any]] = {}
        self.lists = 0
        """Questions about the statuses of many signatures."""
        self.decisions = 0
        """Those about a single one."""

    def change(self, method: str, result: Any) -> Any:
        if method == "getSignatureStatuses":
            self.lists += len(result["value"]) > 1
            self.decisions += len(result["value"]) == 1
        change = self.by_method.get(method)
        return result if change is None or result is None else change(result)


class Case:
    def __init__(self, chain: SandboxChain, database: Database, lies: Lies) -> None:
        self.chain = chain
        self.database = database
        self.lies = lies
        self.whale = Whale(chain)
        self.reconciling: Reconciling
        self.liar = ""

    @property
    def comparison(self) -> BlockComparison:
        assert self.reconciling.context.block_comparison is not None
        return self.reconciling.context.block_comparison

    async def trade(self) -> str:
        """It trades, and the block is read from the first node."""
        (signature,) = self.whale.trade()
        await steps(self.chain, 3)
        await until_still(self.reconciling)
        return signature

    async def trade_in(self, blocks: int) -> list[str]:
        """It trades in so many blocks, and they are read."""
        for _ in range(blocks):
            self.whale.trade()
            await steps(self.chain, 1)
        await steps(self.chain, 3)
        await until_still(self.reconciling)
        return self.whale.done

    async def pass_once(self) -> int:
        """Check what waits, and perhaps at a block; return how many decisions that took."""
        before = self.lies.decisions
        await self.comparison.check()
        return self.lies.decisions - before

    async def check(self) -> None:
        """Check all that waits, and at the last blocks, as often as it takes to have asked every node."""
        for slot in range(self.chain.api.slot - 8, self.chain.api.slot - 1):
            self.comparison.suspect(slot)
        for _ in range(16):
            await self.comparison.check()

    async def standing(self) -> list[str]:
        rows = await self.database.fetch(STANDING)
        return [row[0] for row in rows if row[0] != self.whale.funded]

    async def discovered(self) -> str:
        return " ".join(one.sentence for one in await recent_discoveries(self.database, chain=CHAIN, days=1))


async def _case(
    stack: AsyncExitStack,
    database: Database,
    honest: int,
    kind: str = "blocks",
    others_say: Callable[[str, Any], Any] = lambda _, result: result,
) -> Case:
    chain = await stack.enter_async_context(SandboxChain(by_hand(history=40)))
    case = Case(chain, database, Lies())
    liar = await stack.enter_async_context(changed_node(chain, case.lies.change))
    others = [await stack.enter_async_context(changed_node(chain, others_say)) for _ in range(honest)]
    rpc = await stack.enter_async_context(open_rpc([Secret(url) for url in (liar, *others)]))
    case.liar = rpc.names[0]
    assert host_name(Secret(liar)) in case.liar
    await follow(database, case.whale.address)
    await steps(chain, 5)
    config = replace(CONFIG, every_seconds=0.0)
    case.reconciling = reconciling_with(context_of(rpc, database, config=config), kind)
    await until_still(case.reconciling)
    return case


@pytest.fixture
async def two(database: Database) -> AsyncIterator[Case]:
    async with AsyncExitStack() as stack:
        yield await _case(stack, database, 1)


@pytest.fixture
async def by_signatures(database: Database) -> AsyncIterator[Case]:
    async with AsyncExitStack() as stack:
        yield await _case(stack, database, 1, "signatures")


@pytest.fixture
async def three(database: Database) -> AsyncIterator[Case]:
    async with AsyncExitStack() as stack:
        yield await _case(stack, database, 2)


def with_invented(whale: Whale) -> Callable[[Any], Any]:
    """Blocks hold each transaction of the whale a second time, under a signature that there is not."""

    def change(block: dict[str, Any]) -> dict[str, Any]:
        mine = [one for one in block.get("transactions", ()) if whale.address in json.dumps(one)]
        return block | {"transactions": [*block.get("transactions", ()), *map(_renamed, mine)]}

    return change


def _renamed(transaction: Mapping[str, Any]) -> Any:
    (signature, *_) = transaction["transaction"]["signatures"]
    return json.loads(json.dumps(transaction).replace(signature, signature[:-6] + LIE))


def with_other_amounts(block: dict[str, Any]) -> dict[str, Any]:
    for one in block.get("transactions", ()):
        meta = one["meta"]
        meta["postBalances"][:2] = [meta["postBalances"][0] - 5_000, meta["postBalances"][1] + 5_000]
    return block


def forgotten(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"value": [None] * len(answer["value"])}


async def test_scenario_100_a_transaction_that_one_node_made_up_in_a_block_is_taken_back(two: Case) -> None:
    two.lies.by_method["getBlock"] = with_invented(two.whale)

    signature = await two.trade()
    invented = signature[:-6] + LIE
    assert await two.standing() == [signature, invented]
    await two.check()
    assert await two.standing() == [signature]
    assert two.liar in await two.discovered()
    assert list(two.comparison.distrusted()) == [two.liar]
    assert rpc_answers_contradicted.labels(two.liar)._value.get() > 0


async def test_scenario_100_a_node_that_lies_to_every_question_is_outvoted_and_named(three: Case) -> None:
    lies = three.lies.by_method
    lies["getBlock"] = with_invented(three.whale)
    signature = await three.trade()
    invented = signature[:-6] + LIE
    lies["getSignatureStatuses"] = lambda answer: (
        answer
        | {
            "value": [
                one or {"slot": answer["context"]["slot"], "err": None, "confirmationStatus": "confirmed"}
                for one in answer["value"]
            ]
        }
    )
    assert invented in await three.standing()
    await three.check()
    assert await three.standing() == [signature]
    assert three.liar in await three.discovered()


async def test_scenario_100_amounts_that_one_node_changed_are_stored_as_they_are(two: Case) -> None:
    two.lies.by_method["getBlock"] = with_other_amounts
    signature = await two.trade()
    false = await two.database.fetchval("SELECT payload FROM alerts ORDER BY alert_id DESC LIMIT 1")
    two.lies.by_method.clear()
    await two.check()
    true = await two.database.fetchval("SELECT payload FROM alerts ORDER BY alert_id DESC LIMIT 1")
    assert await two.standing() == [signature]
    assert true != false


async def test_scenario_100_amounts_that_one_node_changed_in_a_transaction_are_stored_as_they_are(
    by_signatures: Case,
) -> None:
    case = by_signatures
    case.lies.by_method["getTransaction"] = lambda one: with_other_amounts({"transactions": [one]}) and one
    signatures = [await case.trade() for _ in range(2)]
    false = await case.database.fetch("SELECT payload FROM alerts ORDER BY alert_id")
    case.lies.by_method.clear()
    await case.check()
    assert sorted(await case.standing()) == sorted(signatures)
    true = await case.database.fetch("SELECT payload FROM alerts WHERE reverted_at IS NULL")
    assert any(row not in true for row in false)


async def test_scenario_100_what_one_node_leaves_out_of_a_block_is_found(two: Case) -> None:
    two.lies.by_method["getBlock"] = lambda block: block | {"transactions": []}
    signature = await two.trade()
    assert await two.standing() == []
    await two.check()
    assert await two.standing() == [signature]


async def test_scenario_100_a_node_that_forgets_a_transaction_takes_nothing_back(two: Case) -> None:
    signature = await two.trade()
    two.lies.by_method["getSignatureStatuses"] = forgotten
    await two.check()
    assert await two.standing() == [signature]
    assert two.liar in await two.discovered()
    assert list(two.comparison.distrusted()) == [two.liar]


async def test_scenario_100_a_block_that_does_not_name_its_parent_is_asked_of_another_node(two: Case) -> None:
    two.lies.by_method["getBlock"] = lambda block: block | {"previousBlockhash": "1" * 32, "transactions": []}
    signature = await two.trade()
    assert await two.standing() == [signature]


async def test_a_node_that_forgets_all_is_found_out_by_a_few_questions_and_not_looked_up_at(
    three: Case,
) -> None:
    three.lies.by_method["getSignatureStatuses"] = forgotten
    signatures = await three.trade_in(20)
    decisions = [await three.pass_once() for _ in range(3)]
    assert 0 < max(decisions) <= 2 * MAX_COMPARED_A_PASS
    assert list(three.comparison.distrusted()) == [three.liar]
    lists = three.lies.lists
    await three.trade_in(20)
    for _ in range(3):
        await three.pass_once()
    assert three.lies.lists == lists
    assert set(signatures) <= set(await three.standing())


async def test_of_two_nodes_one_that_forgets_all_holds_up_nothing(two: Case) -> None:
    two.lies.by_method["getSignatureStatuses"] = forgotten
    signatures = await two.trade_in(20)
    assert sum([await two.pass_once() for _ in range(4)]) <= 2 * MAX_COMPARED_A_PASS
    assert await two.standing() == signatures


async def test_scenario_100_much_that_one_node_made_up_is_taken_back_some_in_each_pass(two: Case) -> None:
    await two.pass_once()
    two.lies.by_method["getBlock"] = with_invented(two.whale)
    signatures = await two.trade_in(24)
    assert len(await two.standing()) == 48
    decisions = [await two.pass_once() for _ in range(8)]
    assert max(decisions) <= MAX_DECIDED_A_PASS + 4
    assert await two.standing() == signatures


class Pruned:
    """What nodes without old blocks say, from a switch on."""

    def __init__(self, no_block: Callable[[int], RpcError]) -> None:
        self.is_on = False
        self._no_block = no_block

    def answers(self, method: str, result: Any) -> Any:
        if self.is_on and method == "getBlock":
            return self._no_block(7)
        return forgotten(result) if self.is_on and method == "getSignatureStatuses" else result


@pytest.mark.parametrize("no_block", [lambda slot: block_cleaned_up(slot, slot + 1), slot_skipped])
async def test_scenario_100_nodes_that_do_not_keep_a_block_take_nothing_back_that_another_shows(
    database: Database, no_block: Callable[[int], RpcError]
) -> None:
    pruned = Pruned(no_block)
    async with AsyncExitStack() as stack:
        case = await _case(stack, database, 2, others_say=pruned.answers)
        signature = await case.trade()
        pruned.is_on = True
        await case.check()
        assert await case.standing() == [signature]
        assert list(case.comparison.distrusted()) == []
        assert await case.discovered() == ""
