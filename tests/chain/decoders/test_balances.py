"""What balances did: laws that hold for whatever happens in a transaction."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chain.decoders.balances import change_of, deltas, supply_change
from chain.parsing.transaction import read_transaction
from domain.activity.activity import SOL
from tests.chain import samples
from tests.chain.samples import RENT, WSOL, token_balance

OWNERS = [samples.address(f"owner {at}") for at in range(3)]
MINTS = [samples.address("a mint"), samples.address("another mint"), WSOL]
AMOUNTS = st.integers(0, 2**59)


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
