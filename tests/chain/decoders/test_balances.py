"""What balances did: laws that hold for whatever happens in a transaction.
What counts as paid and received: rent and fee apart.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chain.decoders.balances import MAX_RENT_AND_TIP, Change, change_of, deltas, legs_of, supply_change
from chain.parsing.transaction import read_transaction
from domain.activity.activity import SOL, Kind
from tests.chain import recorded, samples
from tests.chain.samples import RENT, USDC, WSOL, address, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    HERS,
    HIS,
    MINT,
    POOL,
    VAULT,
    activity_of,
    amounts,
    kind_and_amounts,
    recorded_activity,
)
from tests.chain.wallets import (
    SOL as ONE_SOL,
)

OWNERS = [samples.address(f"owner {at}") for at in range(3)]
MINTS = [samples.address("a mint"), samples.address("another mint"), WSOL]
AMOUNTS = st.integers(0, 2**59)
CLOSED = "5HzJs4E3KobYW4dfDAvxzuUPriKdK71iPG7g7w3VQBC1bgpQmHjeevkBBmp8WFf3FeosqMkcgSHV5LPqwDfmvr2X"


@st.composite
def _transactions(draw: st.DrawFn) -> dict[str, Any]:
    """Any change of balances; lamports are neither made nor lost but for the fee."""
    accounts = [samples.address(f"account {at}") for at in range(draw(st.integers(0, 6)))]
    before = {name: draw(AMOUNTS) for name in [*OWNERS, *accounts]}
    after = {name: draw(AMOUNTS) for name in before}
    missing = sum(before.values()) - 5000 - sum(after.values())
    after[OWNERS[0]] += max(missing, 0)
    before[OWNERS[0]] += max(-missing, 0)
    sides: list[list[dict[str, Any]]] = [[], []]
    for name in accounts:
        mint = draw(st.sampled_from(MINTS))
        for side in sides:
            if draw(st.booleans()):
                side.append(token_balance(name, draw(st.sampled_from([*OWNERS, None])), mint, draw(AMOUNTS)))
    lamports = {name: (before[name], after[name]) for name in before}
    return samples.transaction(lamports, tokens=(sides[0], sides[1]))


@given(_transactions())
def test_what_the_owners_lost_and_won_adds_up(sample: dict[str, Any]) -> None:
    transaction = read_transaction(samples.raw(sample))
    moved = deltas(transaction).values()
    assert sum(owner.get(SOL, 0) for owner in moved) == 0
    for mint in MINTS[:2]:
        assert sum(owner.get(mint, 0) for owner in moved) == supply_change(transaction, mint)


@given(_transactions())
def test_one_owner_is_booked_the_same_as_all(sample: dict[str, Any]) -> None:
    transaction = read_transaction(samples.raw(sample))
    for owner in OWNERS:
        change = change_of(transaction, owner)
        found = {mint: raw for mint, raw in {SOL: change.lamports, **change.tokens}.items() if raw}
        assert found == deltas(transaction).get(owner, {})


def test_rent_and_wrapped_sol_of_an_own_account_are_booked_apart() -> None:
    owner, account = OWNERS[0], samples.address("wrapped")
    sample = samples.transaction(
        {owner: (9_000_000_000, 9_000_000_000 - 5000 - RENT - 700), account: (0, RENT + 700)},
        tokens=((), (token_balance(account, owner, WSOL, 700, 9),)),
    )
    change = change_of(read_transaction(samples.raw(sample)), owner)
    assert (change.lamports, change.rent, change.tokens) == (0, RENT, {})


def test_a_token_account_that_signed_at_its_creation_is_no_owner() -> None:
    owner, account = OWNERS[0], samples.address("fresh")
    sample = samples.transaction(
        {owner: (9_000_000_000, 9_000_000_000 - 5000 - RENT), account: (0, RENT)},
        tokens=((), (token_balance(account, owner, MINTS[0], 0),)),
        signers=2,
    )
    assert change_of(read_transaction(samples.raw(sample)), account).lamports == 0


def test_fee_and_rent_of_own_accounts_are_no_part_of_the_price() -> None:
    bought = activity_of(samples.swap(), address("trader"))
    assert kind_and_amounts(bought) == (Kind.BUY, {"SOL": ONE_SOL}, {MINT: 250})
    assert (bought.fee, bought.rent, bought.venue) == (FEE, RENT, "Jupiter v6")


def test_wrapped_sol_opened_and_closed_inside_is_sol() -> None:
    sample = transaction(
        {
            ALICE: (ONE_SOL, 3 * ONE_SOL - FEE),
            HERS: (RENT, RENT),
            HIS: (RENT, RENT),
            VAULT: (9 * ONE_SOL, 7 * ONE_SOL),
            POOL: (1, 1),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, MINT, 90),
                token_balance(HIS, POOL, MINT, 0),
                token_balance(VAULT, POOL, WSOL, 9 * ONE_SOL, 9),
            ),
            (
                token_balance(HERS, ALICE, MINT, 0),
                token_balance(HIS, POOL, MINT, 90),
                token_balance(VAULT, POOL, WSOL, 7 * ONE_SOL, 9),
            ),
        ),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.SELL, {MINT: 90}, {"SOL": 2 * ONE_SOL})


def test_a_closed_account_gives_back_its_rent_and_that_is_no_leg() -> None:
    sample = transaction(
        {
            ALICE: (ONE_SOL, ONE_SOL + RENT + 2 * ONE_SOL - FEE),
            HERS: (RENT, 0),
            HIS: (RENT, RENT),
            BOB: (9 * ONE_SOL, 7 * ONE_SOL),
        },
        tokens=(
            (token_balance(HERS, ALICE, MINT, 90), token_balance(HIS, BOB, MINT, 0)),
            (token_balance(HIS, BOB, MINT, 90),),
        ),
    )
    sold = activity_of(sample, ALICE)
    assert (kind_and_amounts(sold), sold.rent) == ((Kind.SELL, {MINT: 90}, {"SOL": 2 * ONE_SOL}), -RENT)


def _sol_legs(lamports: int) -> list[int]:
    paid, received = legs_of(Change(lamports, 0, {USDC: -100, MINT: 7}, {USDC: 6, MINT: 6}))
    return [leg.raw for leg in (*paid, *received) if leg.mint == "SOL"]


def test_few_lamports_are_no_leg_of_a_trade_of_tokens() -> None:
    assert _sol_legs(MAX_RENT_AND_TIP) == _sol_legs(-MAX_RENT_AND_TIP) == []
    assert _sol_legs(MAX_RENT_AND_TIP + 1) == _sol_legs(-MAX_RENT_AND_TIP - 1) == [MAX_RENT_AND_TIP + 1]


def test_few_lamports_alone_are_a_leg_and_sol_comes_first() -> None:
    paid, received = legs_of(Change(-1, 0, {MINT: -7}, {MINT: 6}))
    assert ([leg.mint for leg in paid], received) == (["SOL", MINT], ())


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_rent_that_comes_back_is_no_leg(self) -> None:
        removed = recorded_activity(CLOSED, "7T8ckKtdc5DH7ACS5AnCny7rVXYJPEsaAbdBri1FhPxY")
        assert amounts(removed.received)["SOL"] == 14_991_296
        assert removed.rent == -2_074_080
