"""A whole block against watched wallets: what mentions them is found, what is broken stops nothing."""

import json
from collections.abc import Container
from typing import Any

import pytest

from chain.blocks.decoding import block_activities
from chain.blocks.wallet_set import WatchedWallets
from domain.activity.activity import Kind
from domain.errors import Undecodable
from tests.chain import recorded, samples
from tests.chain.made_blocks import TRADER, block, somebody_elses


@pytest.mark.parametrize("make", [set, WatchedWallets])
@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_it_finds_the_watched_wallet_among_others_in_every_encoding(make: Any, form: Any) -> None:
    made = block(form(somebody_elses()), form(samples.swap()))
    outcome = block_activities(samples.raw(made), slot=9, chain="solana", watched=make([TRADER]))
    (found,) = outcome.activities
    assert (found.wallet, found.kind, found.slot, found.block_time, found.position) == (
        TRADER,
        Kind.BUY,
        9,
        99,
        1,
    )
    assert (outcome.parent_slot, outcome.block_time) == (8, 99)


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_it_finds_a_wallet_that_only_owns_a_token_account(form: Any) -> None:
    sample = samples.swap()
    owner = samples.address("owner of nothing but a token account")
    account = samples.address("theirs")
    for balance in sample["meta"]["preTokenBalances"] + sample["meta"]["postTokenBalances"]:
        if sample["transaction"]["message"]["accountKeys"][balance["accountIndex"]] == account:
            balance["owner"] = owner
    outcome = block_activities(
        samples.raw(block(form(sample))), slot=9, chain="solana", watched=WatchedWallets([owner])
    )
    (found,) = outcome.activities
    assert (found.wallet, found.kind, [leg.raw for leg in found.paid]) == (owner, Kind.TRANSFER_OUT, [250])


def test_a_block_without_a_watched_wallet_gives_its_facts_and_nothing_else() -> None:
    outcome = block_activities(
        samples.raw(block(somebody_elses())), slot=9, chain="solana", watched=WatchedWallets([TRADER])
    )
    assert (outcome.activities, outcome.undecodable) == ([], [])
    assert (outcome.parent_slot, outcome.block_time) == (8, 99)


@pytest.mark.parametrize(
    "damage",
    [
        lambda one: {**one, "meta": None},
        lambda one: {**one, "meta": {**one["meta"], "postBalances": []}},
        lambda one: {**one, "meta": {**one["meta"], "preTokenBalances": 5}},
        lambda one: {**one, "transaction": ["AQID", "base64"]},
        lambda _: 17,
    ],
)
def test_a_broken_transaction_is_set_aside_and_stops_no_other(damage: Any) -> None:
    made = block(samples.swap(), samples.swap(), samples.swap())
    made["transactions"][1] = damage(made["transactions"][1])
    outcome = block_activities(samples.raw(made), slot=9, chain="solana", watched={TRADER})
    assert [one.position for one in outcome.activities] == [0, 2]
    ((_, raw, reason),) = outcome.undecodable
    assert json.loads(raw) == made["transactions"][1]
    assert reason


def test_a_broken_transaction_keeps_its_signature_where_it_can_be_read() -> None:
    made = block(samples.swap())
    made["transactions"][0]["meta"]["postBalances"] = []
    outcome = block_activities(samples.raw(made), slot=9, chain="solana", watched={TRADER})
    assert outcome.undecodable[0][0] == samples.swap()["transaction"]["signatures"][0]


@pytest.mark.parametrize("raw", [b"null", b"{}", b"[", b'{"parentSlot":1}', b'{"result":null}', b"\xff"])
def test_what_is_no_block_is_undecodable(raw: bytes) -> None:
    with pytest.raises(Undecodable):
        block_activities(raw, slot=1, chain="solana", watched={TRADER})


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_it_finds_the_same_whatever_holds_the_watched_wallets(self) -> None:
        for slot, raw in recorded.blocks().items():
            everyone = _Everyone()
            block_activities(raw, slot=int(slot), chain="solana", watched=everyone)
            some = sorted(everyone.asked)[::7]
            holders: tuple[Container[str], ...] = (set(some), frozenset(some), WatchedWallets(some))
            outcomes = [block_activities(raw, slot=int(slot), chain="solana", watched=one) for one in holders]
            assert outcomes[0].activities == outcomes[1].activities == outcomes[2].activities


class _Everyone:
    """Watches everybody and keeps who was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __contains__(self, address: object) -> bool:
        if isinstance(address, str) and not address.startswith("?"):
            self.asked.add(address)
        return True
