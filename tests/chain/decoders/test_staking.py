"""SOL given to a stake account or a stake pool, and taken back."""

import pytest

from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import RENT, TOKEN, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HERS,
    MSOL,
    POOL,
    SOL,
    activity_of,
    kind_and_amounts,
    recorded_activity,
)

STAKE = "Stake11111111111111111111111111111111111111"
STAKE_POOL = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
STAKED = "2BhH7DcQJMPBZfLQDjLCSqhygzzwXiviGmLaLaojNUm3StihhLZaD1A7TXdfm6V8vR76VVsXvXmqTdVy2KPwYJau"
UNSTAKED = "4j2wEyeo2gFrV4xUBVM5YukW1ZW2976osDofBJfUUTLbHKEkiTo7WtCdmLQa33Eo45xCs4M3XcZeSSMST2NtPrhM"


@pytest.mark.parametrize(
    ("program", "data", "sign", "kind"),
    [(STAKE, b"\x02\0\0\0", -1, Kind.STAKE), (STAKE, b"\x04\0\0\0", 1, Kind.UNSTAKE)],
)
def test_what_goes_into_a_stake_account_is_staked_and_what_comes_back_unstaked(
    program: str, data: bytes, sign: int, kind: Kind
) -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 9 * SOL + sign * 5 * SOL - FEE), POOL: (6 * SOL, 6 * SOL - sign * 5 * SOL)},
        calls=((call(program, data), ()),),
    )
    side = {"SOL": 5 * SOL}
    assert kind_and_amounts(activity_of(sample, ALICE)) == (kind, *(({}, side) if sign > 0 else (side, {})))


def test_a_stake_pool_gives_its_token_for_sol() -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 4 * SOL - FEE), POOL: (0, 5 * SOL), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MSOL, 0, 9),), (token_balance(HERS, ALICE, MSOL, 4 * SOL, 9),)),
        calls=((call(STAKE_POOL, b"\x0e"), (call(TOKEN, depth=2),)),),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.STAKE, {"SOL": 5 * SOL}, {MSOL: 4 * SOL})


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_lamports_that_are_delegated(self) -> None:
        staked = recorded_activity(STAKED, "HuUpZe8dH1ttFoEtwpGjatcaoQrJ7PpeSUpBZH1Hh2G3")
        assert kind_and_amounts(staked) == (Kind.STAKE, {"SOL": 1_985_282_880}, {})

    def test_lamports_that_are_withdrawn(self) -> None:
        unstaked = recorded_activity(UNSTAKED, "npN8zCyQGPaAFNk95zJs2SAQ8GSjGcfhRDo6eiN57a9")
        assert kind_and_amounts(unstaked) == (Kind.UNSTAKE, {}, {"SOL": 92_204_933_944})
