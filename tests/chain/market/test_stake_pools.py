"""A stake pool says how much SOL its token stands for; whatever else stands there says nothing."""

import struct
from fractions import Fraction

import pytest

from chain.market.stake_pools import MARINADE_PROGRAM, MSOL, SPL_PROGRAMS, pools_by_mint, stake_rate
from domain.errors import Undecodable
from tests.chain.market.price_samples import JITOSOL, stake_pool

SPL = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"


def marinade(price: int) -> bytes:
    data = bytearray(700)
    data[:8] = bytes.fromhex("d8926b5e684bb6b1")
    struct.pack_into("<Q", data, 512, price)
    return bytes(data)


@pytest.mark.parametrize("program", sorted(SPL_PROGRAMS))
def test_the_rate_is_what_lies_in_the_pool_for_each_of_its_tokens(program: str) -> None:
    assert stake_rate(stake_pool(1_250, 1_000), owner=program, mint=JITOSOL) == Fraction(5, 4)


def test_marinade_says_its_price_in_a_form_of_its_own() -> None:
    assert stake_rate(marinade(5 << 30), owner=MARINADE_PROGRAM, mint=MSOL) == Fraction(5, 4)


@pytest.mark.parametrize(
    ("data", "owner", "mint", "reason"),
    [
        (stake_pool(5, 4), MARINADE_PROGRAM, JITOSOL, "no stake pool"),
        (stake_pool(5, 4, kind=2), SPL, JITOSOL, "no stake pool"),
        (stake_pool(5, 4)[:270], SPL, JITOSOL, "no stake pool"),
        (stake_pool(5, 4), SPL, MSOL, "another token"),
        (stake_pool(5, 0), SPL, JITOSOL, "an empty pool"),
        (stake_pool(50, 4), SPL, JITOSOL, "cannot be"),
        (stake_pool(1, 4), SPL, JITOSOL, "cannot be"),
        (marinade(5 << 30), SPL, MSOL, "no stake pool"),
        (b"", MARINADE_PROGRAM, MSOL, "no state"),
    ],
)
def test_whatever_else_stands_there_says_nothing(data: bytes, owner: str, mint: str, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        stake_rate(data, owner=owner, mint=mint)


def test_every_listed_token_has_a_pool_of_its_own() -> None:
    pools = pools_by_mint()
    assert pools[JITOSOL] == "Jito4APyf642JPZPx3hGc6WWJ8zPKtRbRs4P815Awbb"
    assert pools[MSOL] == "8szGkuLTAux9XMgZ2vtY39jVSowEcpBfFfD8hXSEqdGC"
    assert len(pools) > 200
    assert len({*pools.values()}) == len(pools)
