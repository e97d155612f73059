"""Whether anybody can trade in a pool."""

import pytest

from chain.market.pools import (
    METEORA_DAMM_V2,
    METEORA_DLMM,
    PUMP_SWAP,
    RAYDIUM_CLMM,
    RAYDIUM_CPMM,
    RAYDIUM_V4,
)
from chain.market.trading_times import is_closed

NOW, SLOT = 1_800_000_000, 400_000_000
WAITING = 7
BY_SECONDS = {RAYDIUM_V4: 224, RAYDIUM_CPMM: 373, RAYDIUM_CLMM: 1_080}
METEORA = {METEORA_DLMM: (816, 82, 86), METEORA_DAMM_V2: (472, 481, 480)}


def account(**values: int) -> bytes:
    """Bytes of a pool; `at816=5`: what stands there, eight bytes, or one for what is below 256."""
    data = bytearray(1_544)
    for name, value in values.items():
        at, size = int(name.removeprefix("at")), 8 if value > 255 else 1
        data[at : at + size] = value.to_bytes(size, "little")
    return bytes(data)


@pytest.mark.parametrize(("owner", "at"), BY_SECONDS.items())
def test_a_pool_is_closed_until_the_second_in_which_it_opens(owner: str, at: int) -> None:
    for opens, closed in ((NOW - 1, False), (NOW, False), (NOW + 1, True), (2**63, True)):
        data = account(**{f"at{at}": opens}, at0=WAITING)
        assert is_closed(data, owner=owner, slot=SLOT, now=NOW) == closed
        assert not is_closed(data, owner=owner, slot=SLOT, now=None)
    assert not is_closed(account(), owner=owner, slot=SLOT, now=NOW)


@pytest.mark.parametrize("status", [1, 6])
def test_an_old_pool_of_raydium_that_trades_may_have_something_else_where_others_say_the_time(
    status: int,
) -> None:
    assert not is_closed(account(at0=status, at224=10**15), owner=RAYDIUM_V4, slot=SLOT, now=NOW)


@pytest.mark.parametrize(("owner", "places"), METEORA.items())
def test_pools_of_meteora_count_slots_or_seconds(owner: str, places: tuple[int, int, int]) -> None:
    opens, _, counts = places
    by_slot = account(**{f"at{opens}": SLOT + 1})
    assert is_closed(by_slot, owner=owner, slot=SLOT, now=NOW)
    assert not is_closed(by_slot, owner=owner, slot=SLOT + 1, now=NOW)
    assert not is_closed(by_slot, owner=owner, slot=0, now=NOW)
    by_time = account(**{f"at{opens}": NOW + 1, f"at{counts}": 1})
    assert is_closed(by_time, owner=owner, slot=SLOT, now=NOW)
    assert not is_closed(by_time, owner=owner, slot=SLOT, now=NOW + 1)


@pytest.mark.parametrize(("owner", "places"), METEORA.items())
def test_a_pool_that_is_switched_off_is_closed(owner: str, places: tuple[int, int, int]) -> None:
    data = account(**{f"at{places[1]}": 1})
    assert is_closed(data, owner=owner, slot=0, now=None)


def test_a_pool_of_another_venue_or_a_short_account_says_nothing() -> None:
    assert not is_closed(account(at224=2**40), owner=PUMP_SWAP, slot=SLOT, now=NOW)
    assert not is_closed(account(at82=1)[:200], owner=METEORA_DLMM, slot=SLOT, now=NOW)
    assert not is_closed(account()[:480], owner=METEORA_DAMM_V2, slot=SLOT, now=NOW)
