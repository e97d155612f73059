"""Creation: a token or a pool was made, and nothing of it bought."""

from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import TOKEN, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HIS,
    MINT,
    PUMP,
    SOL,
    activity_of,
    anchor_data,
    kind_and_amounts,
    recorded_activity,
)

CREATED = "beJpSHaLVs1xwNAHrVmypGSakAykv9awhyeaE9ybgUEFeugN9qBfs9X7usC3qvq3BLLQ2bhV1SoGYka8tWadyr6"


def test_a_creation_without_a_purchase_is_a_creation() -> None:
    curve = address("curve")
    sample = transaction(
        {ALICE: (9 * SOL, 9 * SOL - FEE - 20_000_000), curve: (0, 20_000_000), HIS: (0, 0)},
        tokens=((), (token_balance(HIS, curve, MINT, 1_000_000),)),
        calls=((call(PUMP, anchor_data("create")), (call(TOKEN, b"\x14", depth=2),)),),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.CREATE, {"SOL": 20_000_000}, {})


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_token_that_is_created_on_a_launchpad_nobody_knows(self) -> None:
        created = recorded_activity(CREATED, "Er9WBtFc6e4LXduuUXdto7m7BKB5Lce18ccqTkLLivYW")
        assert kind_and_amounts(created) == (Kind.CREATE, {}, {})
