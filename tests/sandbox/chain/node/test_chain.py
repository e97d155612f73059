from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.chain_api import ChainApi, TransactionRejected
from sandbox.chain.faults import Fault, Faults
from sandbox.chain.node.chain import Chain
from tests.sandbox.chain.wallets import SOL, by_hand, key, new_chain, note, pay, signed


class Spender:
    """A resident who pays one SOL in every slot."""

    def __init__(self) -> None:
        self.slots: list[int] = []

    def on_slot(self, api: ChainApi, slot: int) -> None:
        if not self.slots:
            api.airdrop(key(1).pubkey(), 100 * SOL)
        self.slots.append(slot)
        api.send(signed(api, [key(1)], pay(key(1), key(2).pubkey(), SOL)))


def test_slots_are_skipped_as_often_as_was_asked() -> None:
    chain = new_chain(skip_probability=0.5, seed=1)
    slots = [chain.step().produced.slot for _ in range(200)]
    assert 1.6 < (slots[-1] - slots[0]) / 199 < 2.4


def test_the_same_seed_brings_the_same_chain() -> None:
    def life(seed: int) -> list[str]:
        chain = new_chain(residents=Spender(), skip_probability=0.2, seed=seed)
        return [str(chain.step().produced.blockhash) for _ in range(10)]

    assert life(7) == life(7)
    assert life(7) != life(8)


def test_residents_act_in_every_slot_that_is_produced() -> None:
    spender = Spender()
    chain = new_chain(residents=spender)
    produced = [chain.step().produced for _ in range(3)]
    assert spender.slots == [block.slot for block in produced]
    assert [len(block.transactions) for block in produced] == [2, 1, 1]
    assert chain.balance(key(2).pubkey()) == 3 * SOL


def test_a_transaction_lands_once() -> None:
    chain = new_chain()
    chain.airdrop(key(1).pubkey(), 2 * SOL)
    tx = signed(chain, [key(1)], pay(key(1), key(2).pubkey(), SOL))
    chain.send(tx)
    for _ in range(2):
        with pytest.raises(TransactionRejected, match="already been processed"):
            chain.send(tx)
        chain.step()


def test_a_blockhash_lives_for_150_blocks() -> None:
    chain = new_chain()
    chain.airdrop(key(1).pubkey(), 9 * SOL)
    early, late = (signed(chain, [key(1)], pay(key(1), key(2).pubkey(), n * SOL)) for n in (1, 2))
    for _ in range(150):
        chain.step()
    chain.send(early)
    chain.step()
    with pytest.raises(TransactionRejected, match="Blockhash not found"):
        chain.send(late)


def test_two_equal_airdrops_are_two_transactions() -> None:
    chain = new_chain()
    assert chain.airdrop(key(1).pubkey(), SOL) != chain.airdrop(key(1).pubkey(), SOL)
    assert chain.balance(key(1).pubkey()) == 2 * SOL


def test_an_account_put_in_place_by_decree_can_be_used_at_once() -> None:
    chain = new_chain()
    chain.put_account(key(1).pubkey(), Account(3 * SOL, b"", Pubkey.default()))
    chain.send(signed(chain, [key(1)], pay(key(1), key(2).pubkey(), SOL)))
    assert chain.step().produced.transactions[0].err is None
    assert chain.balance(key(2).pubkey()) == SOL


@pytest.mark.parametrize(("version", "fits"), [(None, False), (0, False), (1, True)])
def test_only_version_1_may_be_longer_than_a_packet(*, version: int | None, fits: bool) -> None:
    chain = new_chain()
    chain.airdrop(key(1).pubkey(), SOL)
    long = signed(chain, [key(1)], note(b"x" * 1_300, key(1).pubkey()), version=version)
    with nullcontext() if fits else pytest.raises(TransactionRejected, match="over 1232 bytes"):
        chain.send(long)


def test_the_faucet_cannot_give_more_than_it_has() -> None:
    with pytest.raises(TransactionRejected):
        new_chain().airdrop(key(1).pubkey(), 10**18)


@pytest.mark.parametrize("reland", [False, True])
def test_a_fork_that_dies_takes_its_block_with_it(*, reland: bool) -> None:
    faults = Faults()
    chain = Chain(by_hand(), faults)
    chain.airdrop(key(1).pubkey(), 5 * SOL)
    last = chain.step().produced
    signature = str(chain.send(signed(chain, [key(1)], pay(key(1), key(2).pubkey(), SOL))))
    faults.add(Fault(fault="fork", reland=reland))
    dead = chain.step().produced
    assert [one.signature for one in dead.transactions] == [signature]
    assert chain.balance(key(2).pubkey()) == SOL
    following = chain.step()
    assert chain.history.block(dead.slot) is None
    assert following.produced.parent == last.slot
    assert dead not in following.confirmed
    assert (chain.history.transaction(signature) is not None) is reland
    assert chain.balance(key(2).pubkey()) == (SOL if reland else 0)


def test_what_was_sent_after_a_dead_block_survives_it() -> None:
    faults = Faults()
    chain = Chain(by_hand(), faults)
    chain.airdrop(key(1).pubkey(), 5 * SOL)
    chain.step()
    built_before = signed(chain, [key(1)], pay(key(1), key(2).pubkey(), SOL))
    faults.add(Fault(fault="fork"))
    chain.step()
    chain.send(built_before)
    built_on_it = signed(chain, [key(1)], pay(key(1), key(3).pubkey(), SOL))
    chain.send(built_on_it)
    block = chain.step().produced
    assert [one.signature for one in block.transactions] == [str(built_before.signatures[0])]
    assert chain.balance(key(3).pubkey()) == 0


def test_a_slot_is_skipped_on_demand() -> None:
    faults = Faults()
    chain = Chain(by_hand(), faults)
    faults.add(Fault(fault="skip_slot", times=3))
    first = chain.step().produced.slot
    assert chain.step().produced.slot == first + 4


@given(amounts=st.lists(st.integers(min_value=1, max_value=SOL), max_size=8), later=st.booleans())
def test_a_dead_fork_leaves_every_balance_as_if_it_had_never_been(amounts: list[int], *, later: bool) -> None:
    faults = Faults()
    chain = Chain(by_hand(), faults)
    chain.airdrop(key(1).pubkey(), 10 * SOL)
    chain.step()
    before = [chain.balance(key(number).pubkey()) for number in (1, 2, 3)]
    faults.add(Fault(fault="fork"))
    for index, amount in enumerate(amounts):
        if index == len(amounts) - 1 and later:
            chain.step()
        tx = signed(chain, [key(1)], pay(key(1), key(2 + index % 2).pubkey(), amount))
        if not chain.known(str(tx.signatures[0])):
            chain.send(tx)
    if not (amounts and later):
        chain.step()
    chain.open.transactions.clear()
    chain.step()
    assert [chain.balance(key(number).pubkey()) for number in (1, 2, 3)] == before
