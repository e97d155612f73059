"""What instructions do, as a few operations, whichever way a program numbers them."""

from typing import Any

import pytest

from chain.decoders.instructions import Operation, operations_in
from chain.parsing.calls import calls_of
from chain.parsing.transaction import read_transaction
from tests.chain import recorded, samples
from tests.chain.samples import RAYDIUM_CPMM, TOKEN, call, transaction
from tests.chain.wallets import ALICE, PUMP, SOL, anchor_data, recorded_transaction

STAKE = "Stake11111111111111111111111111111111111111"
STAKE_POOL = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
RAYDIUM_V4 = "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8"


def _with(program: str, data: bytes) -> dict[str, Any]:
    return transaction({ALICE: (SOL, SOL - 5000)}, calls=((call(program, data), ()),))


@pytest.mark.parametrize(
    ("program", "data", "operations"),
    [
        (RAYDIUM_CPMM, anchor_data("deposit"), {Operation.ADD}),
        (RAYDIUM_CPMM, anchor_data("withdraw"), {Operation.REMOVE}),
        (PUMP, anchor_data("create"), {Operation.CREATE}),
        (RAYDIUM_V4, b"\x03", {Operation.ADD}),
        (RAYDIUM_V4, b"\x04", {Operation.REMOVE}),
        (RAYDIUM_V4, b"\x09", set()),
        (STAKE, b"\x02\0\0\0", {Operation.STAKE}),
        (STAKE, b"\x04\0\0\0", {Operation.UNSTAKE}),
        (STAKE_POOL, b"\x0e", {Operation.STAKE}),
        (TOKEN, b"\x14", {Operation.CREATE}),
        (TOKEN, b"\x03", set()),
        (TOKEN, b"", set()),
        (samples.address("unknown"), anchor_data("deposit"), set()),
    ],
)
def test_an_instruction_is_known_by_its_first_bytes(
    program: str, data: bytes, operations: set[Operation]
) -> None:
    read = read_transaction(samples.raw(_with(program, data)))
    assert operations_in(calls_of(read)) == operations


def test_calls_between_programs_count_too() -> None:
    sample = transaction(
        {ALICE: (SOL, SOL - 5000)},
        calls=((call(samples.address("unknown")), (call(TOKEN, b"\x14", depth=2),)),),
    )
    assert operations_in(calls_of(read_transaction(samples.raw(sample)))) == {Operation.CREATE}


def test_a_parsed_instruction_is_known_by_its_name() -> None:
    sample = samples.as_parsed(_with(STAKE, b"\x02\0\0\0"))
    instruction = sample["transaction"]["message"]["instructions"][0]
    instruction["parsed"] = {"type": "delegate", "info": {}}
    del instruction["data"]
    assert operations_in(calls_of(read_transaction(samples.raw(sample)))) == {Operation.STAKE}


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @pytest.mark.parametrize(
        ("signature", "operation"),
        [
            (
                "2BhH7DcQJMPBZfLQDjLCSqhygzzwXiviGmLaLaojNUm3StihhLZaD1A7TXdfm6V8vR76VVsXvXmqTdVy2KPwYJau",
                Operation.STAKE,
            ),
            (
                "4j2wEyeo2gFrV4xUBVM5YukW1ZW2976osDofBJfUUTLbHKEkiTo7WtCdmLQa33Eo45xCs4M3XcZeSSMST2NtPrhM",
                Operation.UNSTAKE,
            ),
            (
                "2LZBWdD5N9xbbqEMz6USpySo1zF697hnqEww2c9Q1snzAsJSY1eJcsAK7fYt547jmSfNgJhQGsmdiw1cCy4rsS6e",
                Operation.ADD,
            ),
            (
                "5HzJs4E3KobYW4dfDAvxzuUPriKdK71iPG7g7w3VQBC1bgpQmHjeevkBBmp8WFf3FeosqMkcgSHV5LPqwDfmvr2X",
                Operation.REMOVE,
            ),
            (
                "beJpSHaLVs1xwNAHrVmypGSakAykv9awhyeaE9ybgUEFeugN9qBfs9X7usC3qvq3BLLQ2bhV1SoGYka8tWadyr6",
                Operation.CREATE,
            ),
        ],
    )
    def test_recorded_instructions_are_known(self, signature: str, operation: Operation) -> None:
        assert operation in operations_in(calls_of(recorded_transaction(signature)))
