"""What known accounts take: tips, fees of venues, and the bots that are known by theirs."""

from chain.decoders.fees import BOT_FEE_ACCOUNTS, TIP_ACCOUNTS, VENUE_FEE_ACCOUNTS, known_fees
from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import RAYDIUM_CPMM, USDC
from tests.chain.wallets import (
    ALICE,
    MINT,
    activity_of,
    exchange,
    kind_and_amounts,
    recorded_activity,
    recorded_transaction,
)

JITO = "96gYZGLnJYVFmbjzopPSU6QiEV5fGqZNyN9nmNhvrZU5"
BONKBOT = "ZG98FUCjb8mJ824Gbs6RsgVmr1FhXb2oNiJHa2dwmPd"
TIPPED = "trjspFNZZnmBMeYVMuWbkDt6BE7bCRMprhwoUBtNzKtTN3ygMXzZ1m4qL5SaWDTFu7ACiRAJdvZAjqMnPWxAnb4"


def test_rent_and_tips_of_a_trade_of_tokens_are_no_leg() -> None:
    sample = exchange(USDC, MINT)
    sample["meta"]["postBalances"][0] -= 3_000_000
    sample["transaction"]["message"]["accountKeys"].append(JITO)
    sample["meta"]["preBalances"].append(0)
    sample["meta"]["postBalances"].append(3_000_000)
    bought = activity_of(sample, ALICE)
    assert (kind_and_amounts(bought), bought.tip) == ((Kind.BUY, {USDC: 100}, {MINT: 7}), 3_000_000)


def test_a_bot_without_a_program_is_known_by_its_fee() -> None:
    sample = exchange(USDC, MINT, program=RAYDIUM_CPMM)
    sample["transaction"]["message"]["accountKeys"].append(BONKBOT)
    sample["meta"]["preBalances"].append(0)
    sample["meta"]["postBalances"].append(3_000_000)
    bought = activity_of(sample, ALICE)
    assert (bought.venue, bought.route) == ("BonkBot", ("BonkBot", "Raydium CPMM"))
    assert (bought.venue_fee, bought.tip) == (3_000_000, 0)


def test_no_account_takes_two_kinds_of_fees() -> None:
    assert not TIP_ACCOUNTS & VENUE_FEE_ACCOUNTS
    assert not (TIP_ACCOUNTS | VENUE_FEE_ACCOUNTS) & BOT_FEE_ACCOUNTS.keys()


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_tip_and_a_venues_fee_are_shown_apart(self) -> None:
        fees = known_fees(recorded_transaction(TIPPED))
        assert (fees.tip, fees.venue_fee, fees.bot) == (216_341, 595_050, None)

    def test_they_are_the_payers(self) -> None:
        sold = recorded_activity(TIPPED, "G9yQLYTDiKY3zDu8FBCrEhrAUAQAXV7UFV5wPUBbgNck")
        assert (sold.kind, sold.tip, sold.venue_fee) == (Kind.SELL, 216_341, 595_050)
