"""What makes a token dangerous between two readings, and what does not."""

from decimal import Decimal

import msgspec
import pytest

from domain.security.safety import Danger, TokenState, dangers, newly_frozen, remembered

SAFE = TokenState(
    slot=1,
    supply=1_000_000,
    fee=100,
    liquidity=Decimal(50_000),
    creator_raw=10,
    free_holders=("whale",),
    hook="",
)


def state(**changes: object) -> TokenState:
    return msgspec.structs.replace(SAFE, **{"slot": 2} | changes)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (state(), ()),
        (state(liquidity=Decimal(10_000)), (Danger.LIQUIDITY,)),
        (state(liquidity=Decimal(10_001)), ()),
        (state(liquidity=None), ()),
        (state(is_frozen=True), (Danger.FROZEN,)),
        (state(frozen_holders=("whale",), free_holders=()), (Danger.HOLDERS,)),
        (state(supply=1_010_001), (Danger.REMINTED,)),
        (state(supply=1_010_000), ()),
        (state(supply=2_000_000, is_issued=True), ()),
        (state(fee=101), (Danger.FEE,)),
        (state(fee=None), ()),
        (state(creator_raw=0), (Danger.CREATOR,)),
        (state(creator_raw=1), ()),
        (state(hook="program"), (Danger.HOOK,)),
        (state(hook=None), ()),
        (state(creator_raw=None), ()),
        (state(liquidity=Decimal(0), fee=5_000), (Danger.LIQUIDITY, Danger.FEE)),
    ],
)
def test_only_what_got_worse_and_is_known_is_a_danger(
    after: TokenState, expected: tuple[Danger, ...]
) -> None:
    assert dangers(SAFE, after) == expected


def test_a_pool_that_was_never_a_market_cannot_lose_its_liquidity() -> None:
    small = msgspec.structs.replace(SAFE, liquidity=Decimal(999))
    assert dangers(small, state(liquidity=Decimal(0))) == ()


def test_liquidity_that_leaks_away_counts_from_the_most_that_was_seen_and_is_reported_once() -> None:
    kept, found = SAFE, []
    for number, dollars in enumerate((80_000, 40_000, 15_000, 14_000, 13_000), 2):
        after = msgspec.structs.replace(SAFE, slot=number, liquidity=Decimal(dollars))
        found.append(dangers(kept, after))
        kept = remembered(kept, after)
    assert found == [(), (), (Danger.LIQUIDITY,), (), ()]


def test_what_cannot_be_read_for_once_is_not_forgotten() -> None:
    kept = remembered(SAFE, state(liquidity=None, creator_raw=None))
    assert (kept.liquidity, kept.creator_raw) == (Decimal(50_000), 10)
    assert dangers(kept, state(liquidity=Decimal(1), creator_raw=0)) == (Danger.LIQUIDITY, Danger.CREATOR)


def test_the_first_reading_is_what_later_ones_are_compared_with() -> None:
    assert remembered(None, SAFE) == SAFE


def test_what_is_silent_at_present_counts_from_the_state_before_it() -> None:
    worse = state(
        fee=5_000,
        liquidity=Decimal(1),
        is_frozen=True,
        frozen_holders=("whale",),
        free_holders=(),
        supply=2_000_000,
        creator_raw=0,
        hook="program",
    )
    kept = remembered(SAFE, worse, silent=tuple(Danger))
    assert set(dangers(kept, msgspec.structs.replace(worse, slot=3))) == set(Danger)
    assert dangers(remembered(SAFE, worse), msgspec.structs.replace(worse, slot=3)) == ()


def test_a_wallet_that_comes_frozen_is_no_new_freeze_and_one_that_was_free_once_is() -> None:
    came = state(frozen_holders=("other",), free_holders=())
    assert dangers(SAFE, came) == ()
    kept = remembered(SAFE, came)
    assert newly_frozen(kept, state(frozen_holders=("other", "whale"), free_holders=())) == {"whale"}


def readings(*states: TokenState) -> list[tuple[Danger, ...]]:
    """Return what each reading tells, one after the other, from SAFE on."""
    kept, found = SAFE, []
    for after in states:
        found.append(dangers(kept, after))
        kept = remembered(kept, after)
    return found


def test_a_supply_that_grows_a_little_at_each_reading_was_minted_again() -> None:
    grown = [state(slot=number, supply=1_000_000 + 6_000 * number) for number in range(2, 6)]
    assert readings(*grown) == [(Danger.REMINTED,), (), (Danger.REMINTED,), ()]


def test_what_is_made_within_many_days_is_no_new_minting() -> None:
    grown = [state(slot=1 + number * 600_000, supply=1_000_000 + 4_000 * number) for number in range(1, 9)]
    assert readings(*grown) == [()] * 8


def test_a_creator_who_sells_little_by_little_or_leaves_dust_is_out_and_it_is_said_once() -> None:
    rich = [state(slot=number, creator_raw=raw) for number, raw in enumerate((1_000, 600, 90, 49, 1, 0), 2)]
    assert readings(*rich) == [(), (), (), (Danger.CREATOR,), (), ()]
    back = [
        *rich,
        state(slot=8, creator_raw=500),
        state(slot=9, creator_raw=None),
        state(slot=10, creator_raw=3),
    ]
    assert readings(*back)[-3:] == [(), (), (Danger.CREATOR,)]


def test_a_program_that_is_asked_from_the_beginning_is_nothing_new_and_another_one_is() -> None:
    hooked = [state(slot=number, hook=hook) for number, hook in enumerate(("one", None, "one", "two", ""), 2)]
    assert readings(*hooked) == [(Danger.HOOK,), (), (), (Danger.HOOK,), ()]
    unread = msgspec.structs.replace(SAFE, hook=None)
    assert dangers(unread, state(hook="one")) == ()
