"""The simulation's operations, checked against what the chain recorded."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from domain.activity.activity import Kind
from sandbox.actors.config import TOKENS, SimulationConfig
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.simulation import NotSetUpError, Simulation
from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.faults import Fault
from sandbox.chain.node.chain import Chain
from tests.sandbox.actors.running import QUIET, RunningSimulation, SetUp, build_running
from tests.sandbox.actors.truth import by_signature, check, deltas, outcome_of

STRANGER = str(Keypair.from_seed(b"s" * 32).pubkey())


@pytest.mark.parametrize("symbol", [plan.symbol for plan in TOKENS])
def test_buying_and_selling_any_token_moves_exactly_what_the_operations_say(
    idle: RunningSimulation, symbol: str
) -> None:
    ahab, token = idle.simulation.whale("Ahab"), idle.simulation.token(symbol)
    operations = [
        idle.simulation.buy(ahab, token, 3 * LAMPORTS),
        idle.simulation.sell(ahab, token, Fraction(1, 3)),
        idle.simulation.sell(ahab, token),
    ]
    idle.run(1)
    check(idle.blocks, operations)
    assert not any(operation.failed for operation in operations)
    traded = (Kind.SWAP,) * 3 if token.quote else (Kind.BUY, Kind.SELL, Kind.SELL)
    assert tuple(operation.kind for operation in operations) == traded
    assert list(idle.simulation.journal) == operations


def test_leaving_a_token_closes_its_account(idle: RunningSimulation) -> None:
    ahab, token = idle.simulation.whale("Ahab"), idle.simulation.token("TITHE")
    account = token.account_of(Pubkey.from_string(ahab.address))
    idle.simulation.buy(ahab, token, LAMPORTS)
    assert idle.chain.account(account) is not None
    idle.simulation.sell(ahab, token)
    assert idle.chain.account(account) is None


@pytest.mark.parametrize(
    ("given", "taken", "kind"),
    [
        ("MITTEN", "KRILL", Kind.SWAP),
        ("KRILL", "TITHE", Kind.SWAP),
        ("TITHE", "LEVIATHAN", Kind.SWAP),
        ("ANCHOR", "USDC", Kind.SELL),
        ("USDC", "MITTEN", Kind.BUY),
    ],
)
def test_a_swap_goes_through_two_pools_and_leaves_no_sol_behind(
    idle: RunningSimulation, given: str, taken: str, kind: Kind
) -> None:
    enki = idle.simulation.whale("Enki")
    idle.simulation.buy(enki, idle.simulation.token(given), 5 * LAMPORTS)
    operation = idle.simulation.swap(
        enki, idle.simulation.token(given), idle.simulation.token(taken), Fraction(1, 2)
    )
    idle.run(1)
    check(idle.blocks, [operation])
    assert operation.kind is kind
    assert {leg.mint for leg in (*operation.paid, *operation.received)} == {
        str(idle.simulation.token(given).mint),
        str(idle.simulation.token(taken).mint),
    }


def test_a_transfer_between_whales_is_an_operation_of_both(idle: RunningSimulation) -> None:
    ahab, bela, token = (
        idle.simulation.whale("Ahab"),
        idle.simulation.whale("Bela"),
        idle.simulation.token("TITHE"),
    )
    idle.simulation.buy(ahab, token, LAMPORTS)
    idle.simulation.send_sol(ahab, bela.address, 12_345)
    idle.simulation.send_token(ahab, token, bela.address, 1_000_000)
    idle.simulation.send_sol(ahab, STRANGER, LAMPORTS)
    idle.run(1)
    check(idle.blocks, idle.simulation.journal)
    kinds = [(operation.wallet == ahab.address, operation.kind) for operation in idle.simulation.journal]
    out, arrived = (True, Kind.TRANSFER_OUT), (False, Kind.TRANSFER_IN)
    assert kinds == [(True, Kind.BUY), out, arrived, out, arrived, out]
    assert idle.simulation.journal[4].received[-1].raw == 990_000


def test_an_unnamed_transfer_shows_neither_owner_nor_mint(idle: RunningSimulation) -> None:
    dory, bela, token = (
        idle.simulation.whale("Dory"),
        idle.simulation.whale("Bela"),
        idle.simulation.token("KRILL"),
    )
    idle.simulation.send_token(dory, token, bela.address, 5_000)
    operation = idle.simulation.send_token(dory, token, bela.address, 7_000, unchecked=True)
    idle.run(1)
    check(idle.blocks, idle.simulation.journal)
    keys = by_signature(idle.blocks)[operation.signature].keys
    assert bela.address not in keys
    assert str(token.mint) not in keys


def test_a_trade_beyond_ones_means_stands_in_a_block_and_moved_nothing(idle: RunningSimulation) -> None:
    ahab, token = idle.simulation.whale("Ahab"), idle.simulation.token("MITTEN")
    operations = [
        idle.simulation.fail(ahab, token),
        idle.simulation.buy(ahab, token, 10**6 * LAMPORTS),
        idle.simulation.sell(ahab, idle.simulation.token("KRILL")),
    ]
    idle.run(1)
    check(idle.blocks, operations)
    assert all(operation.failed and not operation.paid and not operation.received for operation in operations)


def test_dust_comes_from_an_address_that_looks_like_the_whales(idle: RunningSimulation) -> None:
    ahab = idle.simulation.whale("Ahab")
    operation = idle.simulation.send_dust(ahab, 77)
    idle.run(1)
    check(idle.blocks, [operation, *idle.simulation.journal])
    assert operation.wallet != ahab.address
    assert (operation.wallet[:4], operation.wallet[-3:]) == (ahab.address[:4], ahab.address[-3:])
    assert [(one.wallet, one.kind) for one in idle.simulation.journal] == [(ahab.address, Kind.TRANSFER_IN)]


def test_nothing_happens_by_itself_while_it_is_not_active(idle: RunningSimulation) -> None:
    assert not any(block.transactions for block in idle.run(100))


def test_the_same_seed_brings_the_same_blocks(set_up: SetUp) -> None:
    one, other = ([block.blockhash for block in set_up().run(120)] for _ in range(2))
    assert one == other


def test_another_seed_brings_other_people(set_up: SetUp) -> None:
    one, other = set_up(), set_up(SimulationConfig(seed=2))
    assert not {whale.address for whale in one.simulation.whales} & {
        whale.address for whale in other.simulation.whales
    }
    assert other.run(60)[-1].blockhash != one.run(60)[-1].blockhash


def test_every_operation_of_a_busy_simulation_is_what_the_chain_recorded(busy: RunningSimulation) -> None:
    assert len(busy.simulation.journal) > 40
    check(busy.blocks, busy.simulation.journal)


def test_no_change_of_a_whales_balances_is_missing_from_the_journal(busy: RunningSimulation) -> None:
    journal = {(operation.signature, operation.wallet) for operation in busy.simulation.journal}
    for recorded in by_signature(busy.blocks).values():
        for whale in busy.simulation.whales:
            if deltas(recorded, whale.address):
                assert (recorded.signature, whale.address) in journal


def test_tokens_and_lamports_are_neither_made_nor_lost(busy: RunningSimulation) -> None:
    for recorded in by_signature(busy.blocks).values():
        outcome = outcome_of(recorded)
        assert sum(outcome.pre_balances) == sum(outcome.post_balances) + outcome.fee
    for plan, token in zip(busy.simulation.config.tokens, busy.simulation.tokens, strict=True):
        mint = busy.chain.account(token.mint)
        assert mint is not None
        supply = plan.supply * 10**plan.decimals
        assert int.from_bytes(mint.data[36:44], "little") == supply
        if not plan.fee_bps:
            accounts = [busy.chain.account(key) for key in busy.chain.token_accounts.of_mint(str(token.mint))]
            assert sum(int.from_bytes(one.data[64:72], "little") for one in accounts if one) == supply


def test_every_transaction_fits_into_a_packet(busy: RunningSimulation) -> None:
    for one in by_signature(busy.blocks).values():
        assert one.wire is not None
        assert len(one.wire) <= (4096 if one.version == 1 else 1232)


def test_transactions_of_all_versions_are_seen_with_and_without_memo(busy: RunningSimulation) -> None:
    recorded = by_signature(busy.blocks).values()
    assert {one.version for one in recorded} == {"legacy", 0, 1}
    assert {bool(one.memo) for one in recorded} == {True, False}
    assert {one.err is None for one in recorded} == {True, False}


def test_a_whale_trades_within_six_seconds_and_then_at_least_every_twenty(busy: RunningSimulation) -> None:
    ahab = busy.simulation.whale("Ahab").address
    first = busy.blocks[0].slot
    slots = [
        operation.slot
        for operation in busy.simulation.journal
        if operation.wallet == ahab and operation.kind is not Kind.TRANSFER_IN
    ]
    assert slots[0] - first <= 15
    assert all(later - sooner <= 50 for sooner, later in pairwise(slots))


def test_a_whale_that_has_nothing_left_is_given_new_money(set_up: SetUp) -> None:
    whales = SimulationConfig().whales[:1]
    running = set_up(SimulationConfig(whales=whales, retail=0, volume_wallets=0, timing=QUIET))
    ahab = running.simulation.whales[0]
    running.simulation.send_sol(ahab, STRANGER, running.lamports(ahab.address) - LAMPORTS)
    running.run(80)
    check(running.blocks, running.simulation.journal)
    assert running.lamports(ahab.address) > 100 * LAMPORTS


def test_the_journal_is_bounded(set_up: SetUp) -> None:
    running = set_up(
        SimulationConfig(journal=5, timing=replace(QUIET, min_interval=1, max_interval=1, first_within=1))
    )
    running.run(20)
    assert len(running.simulation.journal) == 5


def test_whales_and_tokens_are_found_by_name_and_by_address(idle: RunningSimulation) -> None:
    ahab, krill = idle.simulation.whale("Ahab"), idle.simulation.token("KRILL")
    assert idle.simulation.whale(ahab.address) is ahab
    assert idle.simulation.token(str(krill.mint)) is krill
    with pytest.raises(LookupError, match="Nobody"):
        idle.simulation.whale("Nobody")


def test_it_refuses_to_act_before_it_is_founded() -> None:
    simulation = Simulation()
    with pytest.raises(NotSetUpError):
        simulation.buy(simulation.whales[0], simulation.tokens[1], LAMPORTS)


def test_bait_is_one_unit_of_the_token_with_the_hostile_name(idle: RunningSimulation) -> None:
    ahab = idle.simulation.whale("Ahab")
    operation = idle.simulation.send_spam_token(ahab)
    idle.run(1)
    check(idle.blocks, [operation, *idle.simulation.journal])
    assert "claim.example" in (by_signature(idle.blocks)[operation.signature].memo or "")
    assert idle.simulation.journal[0].received[-1].raw == 1


def test_an_empty_faucet_stops_nobody(set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    running = set_up(
        SimulationConfig(
            whale_lamports=LAMPORTS // 1_000,
            timing=replace(QUIET, min_interval=1, max_interval=2, first_within=1),
        )
    )

    def refuse(*_: object) -> None:
        raise TransactionRejected("Insufficient funds for fee", None)

    monkeypatch.setattr(Chain, "airdrop", refuse)
    assert len(running.run(30)) == 30


def test_a_fork_that_dies_does_not_stop_the_simulation(set_up: SetUp) -> None:
    running = set_up()
    running.run(20)
    running.chain._faults.add(Fault(fault="fork"))
    assert len(running.run(40)) == 40


def test_another_run_brings_other_trades_of_the_same_actors() -> None:
    first, same, other = (build_running(SimulationConfig(run=run)) for run in (7, 7, 8))
    for one in (first, same, other):
        one.run(60)
    assert first.simulation.whales == other.simulation.whales
    assert first.simulation.tokens == other.simulation.tokens
    assert [*first.simulation.journal] == [*same.simulation.journal]
    trades, others = (
        {(entry.wallet, entry.paid) for entry in one.simulation.journal if entry.paid}
        for one in (first, other)
    )
    assert len(trades & others) < len(trades) / 4
