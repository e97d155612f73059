"""The town as others see it: its public acts, checked against what the chain recorded."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from domain.activity.activity import Kind
from sandbox.actors.config import TOKENS, Population
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.simulation import NotFoundedError, Town
from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.faults import Fault
from sandbox.chain.node.chain import Chain
from tests.sandbox.actors.conftest import QUIET, Place, Settle
from tests.sandbox.actors.truth import by_signature, check, deltas, outcome_of

STRANGER = str(Keypair.from_seed(b"s" * 32).pubkey())


@pytest.mark.parametrize("symbol", [plan.symbol for plan in TOKENS])
def test_buying_and_selling_any_token_moves_exactly_what_the_deeds_say(calm: Place, symbol: str) -> None:
    ahab, token = calm.town.whale("Ahab"), calm.town.token(symbol)
    deeds = [
        calm.town.buy(ahab, token, 3 * LAMPORTS),
        calm.town.sell(ahab, token, Fraction(1, 3)),
        calm.town.sell(ahab, token),
    ]
    calm.live(1)
    check(calm.blocks, deeds)
    assert not any(deed.failed for deed in deeds)
    traded = (Kind.SWAP,) * 3 if token.quote else (Kind.BUY, Kind.SELL, Kind.SELL)
    assert tuple(deed.kind for deed in deeds) == traded
    assert list(calm.town.journal) == deeds


def test_leaving_a_token_closes_its_account(calm: Place) -> None:
    ahab, token = calm.town.whale("Ahab"), calm.town.token("TITHE")
    account = token.account_of(Pubkey.from_string(ahab.address))
    calm.town.buy(ahab, token, LAMPORTS)
    assert calm.chain.account(account) is not None
    calm.town.sell(ahab, token)
    assert calm.chain.account(account) is None


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
    calm: Place, given: str, taken: str, kind: Kind
) -> None:
    enki = calm.town.whale("Enki")
    calm.town.buy(enki, calm.town.token(given), 5 * LAMPORTS)
    deed = calm.town.swap(enki, calm.town.token(given), calm.town.token(taken), Fraction(1, 2))
    calm.live(1)
    check(calm.blocks, [deed])
    assert deed.kind is kind
    assert {leg.mint for leg in (*deed.paid, *deed.received)} == {
        str(calm.town.token(given).mint),
        str(calm.town.token(taken).mint),
    }


def test_gifts_are_told_for_both_sides_where_both_are_whales(calm: Place) -> None:
    ahab, bela, token = calm.town.whale("Ahab"), calm.town.whale("Bela"), calm.town.token("TITHE")
    calm.town.buy(ahab, token, LAMPORTS)
    calm.town.send_sol(ahab, bela.address, 12_345)
    calm.town.send_token(ahab, token, bela.address, 1_000_000)
    calm.town.send_sol(ahab, STRANGER, LAMPORTS)
    calm.live(1)
    check(calm.blocks, calm.town.journal)
    kinds = [(deed.wallet == ahab.address, deed.kind) for deed in calm.town.journal]
    out, arrived = (True, Kind.TRANSFER_OUT), (False, Kind.TRANSFER_IN)
    assert kinds == [(True, Kind.BUY), out, arrived, out, arrived, out]
    assert calm.town.journal[4].received[-1].raw == 990_000


def test_an_unnamed_transfer_shows_neither_owner_nor_mint(calm: Place) -> None:
    dory, bela, token = calm.town.whale("Dory"), calm.town.whale("Bela"), calm.town.token("KRILL")
    calm.town.send_token(dory, token, bela.address, 5_000)
    deed = calm.town.send_token(dory, token, bela.address, 7_000, unnamed=True)
    calm.live(1)
    check(calm.blocks, calm.town.journal)
    keys = by_signature(calm.blocks)[deed.signature].keys
    assert bela.address not in keys
    assert str(token.mint) not in keys


def test_a_trade_beyond_ones_means_stands_in_a_block_and_moved_nothing(calm: Place) -> None:
    ahab, token = calm.town.whale("Ahab"), calm.town.token("MITTEN")
    deeds = [
        calm.town.fail(ahab, token),
        calm.town.buy(ahab, token, 10**6 * LAMPORTS),
        calm.town.sell(ahab, calm.town.token("KRILL")),
    ]
    calm.live(1)
    check(calm.blocks, deeds)
    assert all(deed.failed and not deed.paid and not deed.received for deed in deeds)


def test_dust_comes_from_an_address_that_looks_like_the_whales(calm: Place) -> None:
    ahab = calm.town.whale("Ahab")
    deed = calm.town.pester(ahab, 77)
    calm.live(1)
    check(calm.blocks, [deed, *calm.town.journal])
    assert deed.wallet != ahab.address
    assert (deed.wallet[:4], deed.wallet[-3:]) == (ahab.address[:4], ahab.address[-3:])
    assert [(one.wallet, one.kind) for one in calm.town.journal] == [(ahab.address, Kind.TRANSFER_IN)]


def test_nothing_happens_by_itself_while_it_is_not_active(calm: Place) -> None:
    assert not any(block.transactions for block in calm.live(100))


def test_the_same_seed_brings_the_same_blocks(settle: Settle) -> None:
    one, other = ([block.blockhash for block in settle().live(120)] for _ in range(2))
    assert one == other


def test_another_seed_brings_other_people(settle: Settle) -> None:
    one, other = settle(), settle(Population(seed=2))
    assert not {whale.address for whale in one.town.whales} & {whale.address for whale in other.town.whales}
    assert other.live(60)[-1].blockhash != one.live(60)[-1].blockhash


def test_every_deed_of_a_lively_town_is_what_the_chain_recorded(lively: Place) -> None:
    assert len(lively.town.journal) > 40
    check(lively.blocks, lively.town.journal)


def test_no_change_of_a_whales_balances_is_missing_from_the_journal(lively: Place) -> None:
    journal = {(deed.signature, deed.wallet) for deed in lively.town.journal}
    for recorded in by_signature(lively.blocks).values():
        for whale in lively.town.whales:
            if deltas(recorded, whale.address):
                assert (recorded.signature, whale.address) in journal


def test_tokens_and_lamports_are_neither_made_nor_lost(lively: Place) -> None:
    for recorded in by_signature(lively.blocks).values():
        outcome = outcome_of(recorded)
        assert sum(outcome.pre_balances) == sum(outcome.post_balances) + outcome.fee
    for plan, token in zip(lively.town.population.tokens, lively.town.tokens, strict=True):
        mint = lively.chain.account(token.mint)
        assert mint is not None
        supply = plan.supply * 10**plan.decimals
        assert int.from_bytes(mint.data[36:44], "little") == supply
        if not plan.fee_bps:
            accounts = [lively.chain.account(key) for key in lively.chain.holders.of_mint(str(token.mint))]
            assert sum(int.from_bytes(one.data[64:72], "little") for one in accounts if one) == supply


def test_every_transaction_fits_into_a_packet(lively: Place) -> None:
    for one in by_signature(lively.blocks).values():
        assert one.wire is not None
        assert len(one.wire) <= (4096 if one.version == 1 else 1232)


def test_transactions_of_all_versions_are_seen_with_and_without_memo(lively: Place) -> None:
    recorded = by_signature(lively.blocks).values()
    assert {one.version for one in recorded} == {"legacy", 0, 1}
    assert {bool(one.memo) for one in recorded} == {True, False}
    assert {one.err is None for one in recorded} == {True, False}


def test_a_whale_trades_within_six_seconds_and_then_at_least_every_twenty(lively: Place) -> None:
    ahab = lively.town.whale("Ahab").address
    first = lively.blocks[0].slot
    slots = [
        deed.slot for deed in lively.town.journal if deed.wallet == ahab and deed.kind is not Kind.TRANSFER_IN
    ]
    assert slots[0] - first <= 15
    assert all(later - sooner <= 50 for sooner, later in pairwise(slots))


def test_a_whale_that_has_nothing_left_is_given_new_money(settle: Settle) -> None:
    whales = Population().whales[:1]
    place = settle(Population(whales=whales, retail=0, volume_wallets=0, pace=QUIET))
    ahab = place.town.whales[0]
    place.town.send_sol(ahab, STRANGER, place.lamports(ahab.address) - LAMPORTS)
    place.live(80)
    check(place.blocks, place.town.journal)
    assert place.lamports(ahab.address) > 100 * LAMPORTS


def test_the_journal_is_bounded(settle: Settle) -> None:
    place = settle(Population(journal=5, pace=replace(QUIET, shortest=1, longest=1, first=1)))
    place.live(20)
    assert len(place.town.journal) == 5


def test_whales_and_tokens_are_found_by_name_and_by_address(calm: Place) -> None:
    ahab, krill = calm.town.whale("Ahab"), calm.town.token("KRILL")
    assert calm.town.whale(ahab.address) is ahab
    assert calm.town.token(str(krill.mint)) is krill
    with pytest.raises(LookupError, match="Nobody"):
        calm.town.whale("Nobody")


def test_it_refuses_to_act_before_it_is_founded() -> None:
    town = Town()
    with pytest.raises(NotFoundedError):
        town.buy(town.whales[0], town.tokens[1], LAMPORTS)


def test_bait_is_one_unit_of_the_token_with_the_hostile_name(calm: Place) -> None:
    ahab = calm.town.whale("Ahab")
    deed = calm.town.bait(ahab)
    calm.live(1)
    check(calm.blocks, [deed, *calm.town.journal])
    assert "claim.example" in (by_signature(calm.blocks)[deed.signature].memo or "")
    assert calm.town.journal[0].received[-1].raw == 1


def test_an_empty_faucet_stops_nobody(settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    place = settle(
        Population(whale_lamports=LAMPORTS // 1_000, pace=replace(QUIET, shortest=1, longest=2, first=1))
    )

    def refuse(*_: object) -> None:
        raise TransactionRejected("Insufficient funds for fee", None)

    monkeypatch.setattr(Chain, "airdrop", refuse)
    assert len(place.live(30)) == 30


def test_a_fork_that_dies_does_not_stop_the_town(settle: Settle) -> None:
    place = settle()
    place.live(20)
    place.chain._faults.add(Fault(fault="fork"))
    assert len(place.live(40)) == 40
