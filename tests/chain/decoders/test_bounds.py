"""Nothing leaves the decoders that no chain can hold, or that is no address where one is shown."""

from typing import Any

import pytest
from msgspec import structs

from chain.decoders.activities import activities
from chain.decoders.bounds import check_activity, check_names, is_address
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity, Leg
from domain.errors import Undecodable
from tests.chain import samples
from tests.chain.made_blocks import TRADER


def purchase() -> Activity:
    (one,) = activities(read_transaction(samples.raw(samples.swap(TRADER))), chain="solana", wallets={TRADER})
    return one


def leg(**more: Any) -> tuple[Leg, ...]:
    return (Leg(**{"mint": samples.USDC, "raw": 5, "decimals": 6, **more}),)


def test_what_a_chain_can_hold_passes() -> None:
    check_activity(purchase())
    check_activity(structs.replace(purchase(), received=leg(raw=2**64 - 1), counterparty="?17"))
    check_names("5" * 88, ())


@pytest.mark.parametrize(
    "lie",
    [
        {"paid": leg(raw=2**64)},
        {"received": leg(raw=-1)},
        {"received": leg(raw=10**200)},
        {"from_order": leg(scaled=2**64)},
        {"elsewhere": leg(mint="x" * 40 + "\n🟢 Toly bought")},
        {"received": leg(mint="0OIl" * 10)},
        {"counterparty": "an exchange"},
        {"counterparty": "?" + "1" * 9},
        {"elsewhere": leg(), "elsewhere_to": "a\nb"},
        {"rent": -(2**80)},
        {"tip": 2**64},
        {"venue_fee": 2**64},
    ],
)
def test_what_it_cannot_hold_is_refused(lie: dict[str, Any]) -> None:
    with pytest.raises(Undecodable):
        check_activity(structs.replace(purchase(), **lie))


@pytest.mark.parametrize("signature", ["", "abc", "5" * 89, "5" * 87 + "\0", "5" * 87 + "l", "5" * 88 + "\n"])
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(Undecodable):
        check_names(signature, [TRADER])


@pytest.mark.parametrize(
    "signer", ["", "nobody", TRADER + "\n", TRADER[:-1] + "é", TRADER[:-1] + "l", TRADER * 2]
)
def test_a_signer_that_is_no_address_is_refused(signer: str) -> None:
    check_names("5" * 88, [TRADER])
    with pytest.raises(Undecodable):
        check_names("5" * 88, [TRADER, signer])


def test_an_address_has_its_alphabet_and_length() -> None:
    assert is_address(TRADER)
    assert not any(is_address(one) for one in ("", "SOL", TRADER + "\n", TRADER[:31], "l" * 40, "1" * 45))
