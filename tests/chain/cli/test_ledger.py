"""`python -m chain ledger`: what it reads, prints and complains of."""

import json
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chain.cli.decode import decoded_rows
from chain.cli.ledger import LedgerRow, entry_of, ledger
from chain.cli.streams import StandardStreams
from chain.parsing.transaction import read_transaction
from domain.activity.activity import WRAPPED_SOL
from tests.chain import recorded, samples

WALLET, OTHER, MINT = (samples.address(name) for name in ("trader", "other", "mint"))
UNIT = 10**9


def _row(at: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "signature": f"s{at}",
        "slot": at,
        "wallet": WALLET,
        "kind": kind,
        "block_time": 1_000 + at,
        **fields,
    }


BOUGHT = _row(1, "buy", paid={"SOL": 2 * UNIT}, received={MINT: 100}, fee=5_000, usd="300.5")
SOLD = _row(61, "sell", paid={MINT: 50}, received={"SOL": 3 * UNIT}, fee=5_000, usd="450.25")


def _printed(
    *rows: object, own: tuple[str, ...] = (), check: bool = False
) -> tuple[int, list[dict[str, Any]], str]:
    lines = b"\n".join(row if isinstance(row, bytes) else msgspec.json.encode(row) for row in rows)
    streams = StandardStreams(stdin=BytesIO(lines), stdout=BytesIO(), stderr=StringIO())
    code = ledger("-", frozenset(own), streams, check=check)
    assert isinstance(streams.stdout, BytesIO)
    assert isinstance(streams.stderr, StringIO)
    printed = [json.loads(line) for line in streams.stdout.getvalue().splitlines()]
    return code, printed, streams.stderr.getvalue()


def test_it_prints_the_position_after_each_line_that_changes_it() -> None:
    code, lines, complaints = _printed(SOLD, BOUGHT)
    assert (code, complaints) == (0, "")
    assert lines == [
        {
            "signature": "s1",
            "slot": 1,
            "wallet": WALLET,
            "mint": MINT,
            "quantity": 100,
            "quantity_unknown": 0,
            "cost_sol": 2 * UNIT,
            "cost_usd": "300.5",
            "realised_sol": 0,
            "realised_usd": "0",
            "proceeds_without_cost_sol": 0,
            "proceeds_without_cost_usd": "0",
            "fees_sol": 5_000,
            "unpriced": 0,
            "opened_at": 1_001,
            "held_seconds": None,
            "closed": False,
        },
        {
            "signature": "s61",
            "slot": 61,
            "wallet": WALLET,
            "mint": MINT,
            "quantity": 50,
            "quantity_unknown": 0,
            "cost_sol": UNIT,
            "cost_usd": "150.25",
            "realised_sol": 2 * UNIT,
            "realised_usd": "300",
            "proceeds_without_cost_sol": 0,
            "proceeds_without_cost_usd": "0",
            "fees_sol": 10_000,
            "unpriced": 0,
            "opened_at": 1_001,
            "held_seconds": 60,
            "closed": False,
        },
    ]


def test_a_line_that_changes_nothing_prints_nothing() -> None:
    idle = _row(1, "other", paid={}, received={}, fee=5_000)
    failed = {**BOUGHT, "failed": True}
    assert _printed(idle, failed) == (0, [], "")


def test_dollars_that_are_not_known_are_null_and_sol_stays_exact() -> None:
    _, (bought, sold), _ = _printed({**BOUGHT, "usd": None}, SOLD)
    assert (bought["cost_usd"], bought["cost_sol"], bought["unpriced"]) == (None, 2 * UNIT, 1)
    assert (sold["realised_usd"], sold["realised_sol"]) == (None, 2 * UNIT)


def test_an_airdrop_is_kept_apart_from_the_gift_of_a_stranger() -> None:
    gift = _row(1, "transfer_in", paid={}, received={MINT: 100})
    (of_stranger,) = _printed(gift)[1]
    (of_program,) = _printed({**gift, "venue": "Jito Claim"})[1]
    assert (of_stranger["quantity_unknown"], of_stranger.get("quantity_claimed")) == (100, None)
    assert (of_program["quantity_unknown"], of_program["quantity_claimed"]) == (100, 100)


def test_what_a_sale_takes_beyond_the_known_quantity_is_unknown() -> None:
    _, (sold,), _ = _printed({**SOLD, "usd": "9"})
    assert (sold["realised_sol"], sold["proceeds_without_cost_sol"]) == (0, 3 * UNIT)
    assert (sold["realised_usd"], sold["proceeds_without_cost_usd"]) == ("0", "9")


def test_wrapped_sol_is_sol() -> None:
    bought = {**BOUGHT, "paid": {WRAPPED_SOL: 2 * UNIT}}
    sold = {**SOLD, "received": {WRAPPED_SOL: 2 * UNIT, "SOL": UNIT}}
    assert _printed(bought, sold) == _printed(BOUGHT, SOLD)


def test_a_sale_that_brought_nothing_loses_what_it_had_cost() -> None:
    _, lines, _ = _printed(BOUGHT, {**SOLD, "received": {"SOL": 0}, "usd": "0"})
    assert (lines[1]["realised_sol"], lines[1]["realised_usd"]) == (-UNIT, "-150.25")
    _, lines, _ = _printed(BOUGHT, {**SOLD, "received": {}})
    assert (lines[1]["realised_sol"], lines[1]["cost_sol"]) == (0, UNIT)  # it is not known what it brought


def test_what_came_back_in_the_same_transaction_did_not_leave() -> None:
    sent = _row(5, "transfer_out", paid={MINT: 60}, received={MINT: 60})
    assert _printed(BOUGHT, sent) == _printed(BOUGHT)
    _, lines, _ = _printed(BOUGHT, {**SOLD, "paid": {MINT: 60}, "received": {MINT: 10, "SOL": 3 * UNIT}})
    assert (lines[1]["quantity"], lines[1]["realised_sol"]) == (50, 2 * UNIT)


def test_dollars_are_rounded_once_however_many_digits_they_have() -> None:
    tiny = "0.0000000005" + "0" * 40 + "1"
    _, lines, _ = _printed({**BOUGHT, "usd": f"123456789012345678.{tiny[2:]}"})
    assert lines[0]["cost_usd"] == "123456789012345678.000000001"


def test_own_wallets_share_what_things_have_cost() -> None:
    sent = _row(5, "transfer_out", paid={MINT: 50}, counterparty=OTHER)
    got = {**_row(5, "transfer_in", received={MINT: 50}, counterparty=WALLET), "wallet": OTHER}
    _, lines, _ = _printed(BOUGHT, got, sent, own=(WALLET, OTHER))
    assert [(line["wallet"], line["quantity"], line["cost_sol"]) for line in lines] == [
        (WALLET, 100, 2 * UNIT),
        (WALLET, 50, UNIT),
        (OTHER, 50, UNIT),
    ]


@pytest.mark.parametrize("kind", ["transfer_out", "transfer_in"])
def test_a_transfer_prints_both_own_wallets_though_one_of_them_has_no_line(kind: str) -> None:
    is_out = kind == "transfer_out"
    wallet, other = (WALLET, OTHER) if is_out else (OTHER, WALLET)
    moved = _row(2, kind, counterparty=other, **{"paid" if is_out else "received": {MINT: 40}}) | {
        "wallet": wallet
    }
    _, lines, _ = _printed(BOUGHT, moved, own=(WALLET, OTHER))
    assert [(line["signature"], line["wallet"]) for line in lines] == [
        ("s1", WALLET),
        ("s2", wallet),
        ("s2", other),
    ]
    after = {line["wallet"]: (line["quantity"], line["cost_sol"]) for line in lines[1:]}
    assert after == {WALLET: (60, 1_200_000_000), OTHER: (40, 800_000_000)}


def test_what_was_bought_for_an_own_wallet_without_a_line_is_printed_as_its() -> None:
    bought = _row(2, "buy", paid={"SOL": UNIT}, elsewhere={MINT: 40}, elsewhere_to=OTHER, fee=5_000)
    _, lines, _ = _printed(bought, own=(WALLET, OTHER))
    (line,) = lines
    assert (line["wallet"], line["quantity"], line["cost_sol"], line["fees_sol"]) == (OTHER, 40, UNIT, 5_000)


def test_a_check_counts_the_lines_whose_balances_it_compared() -> None:
    right, wrong = {**BOUGHT, "post": {MINT: 100}}, {**SOLD, "post": {MINT: 7}}
    elsewhere = {**_row(70, "buy", paid={"SOL": 5}, elsewhere={MINT: 9}), "elsewhere_to": WALLET}
    bought_for = {**elsewhere, "wallet": OTHER}
    code, lines, _ = _printed(right, wrong, bought_for, check=True)
    assert (code, lines) == (0, [{"lines": 2, "checked": 2, "violations": 0, "first": None}])
    code, lines, _ = _printed({**SOLD, "post": None}, check=True)
    assert (code, lines) == (0, [{"lines": 1, "checked": 0, "violations": 0, "first": None}])


def test_a_check_names_a_line_that_says_less_than_its_balances_moved() -> None:
    wrong = {**BOUGHT, "pre": {MINT: 5}, "post": {MINT: 95}}
    code, (result,), _ = _printed(wrong, check=True)
    assert (code, result["violations"], result["first"]) == (1, 1, BOUGHT["signature"])
    code, (result,), _ = _printed({**BOUGHT, "pre": {MINT: 5}, "post": {MINT: 105}}, check=True)
    assert (code, result["violations"], result["first"]) == (0, 0, None)


def test_an_order_that_nothing_tells_is_marked() -> None:
    _, lines, _ = _printed({**BOUGHT, "slot": 7}, {**SOLD, "slot": 7})
    assert [line["order"] for line in lines] == ["as read", "as read"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{]", "malformed"),
        (b'"text"', "Expected `object`"),
        (b"{}", "missing required field"),
        ({**BOUGHT, "kind": "theft"}, "Invalid enum value"),
        ({**BOUGHT, "paid": {"SOL": -1}}, "an amount below zero"),
        ({**BOUGHT, "fee": -1}, "an amount below zero"),
        ({**BOUGHT, "paid": {"SOL": 1.5}}, "Expected `int`"),
        ({**BOUGHT, "usd": "dear"}, "is no number of dollars"),
        ({**BOUGHT, "usd": "1e400"}, "is no number of dollars"),
        ({**BOUGHT, "usd": "-1"}, "is no number of dollars"),
        (b"[" * 100_000, ""),
    ],
)
def test_a_line_that_cannot_be_read_is_one_complaint_and_the_rest_counts(line: object, reason: str) -> None:
    code, lines, complaints = _printed(BOUGHT, line)
    assert (code, len(lines)) == (1, 1)
    assert complaints.startswith("standard input: line 2: ")
    assert reason in complaints
    assert complaints.count("\n") == 1


def test_a_file_that_is_not_there_is_one_complaint(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chain", "ledger", "--own", f"{WALLET},{OTHER}", str(tmp_path / "missing")],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'missing'}: No such file or directory\n"


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_after_each_recorded_line_the_quantity_is_what_the_chain_shows(self) -> None:
        rows = [
            row
            for raw in recorded.transactions().values()
            for row in decoded_rows(read_transaction(raw), None)
        ]
        balances = {(row.signature, row.wallet): row.post for row in rows}
        _, lines, complaints = _printed(*rows)
        assert complaints == ""
        assert len(lines) > 50
        code, (result,), _ = _printed(*rows, check=True)
        assert (code, result["checked"], result["violations"]) == (0, len(lines), 0)
        for line in lines:
            post = balances[line["signature"], line["wallet"]]
            assert post is not None
            assert line["quantity"] + line["quantity_unknown"] == post.get(line["mint"], 0), line

    def test_every_row_of_decode_is_a_row_of_the_ledger(self) -> None:
        for raw in recorded.transactions().values():
            for row in decoded_rows(read_transaction(raw), None):
                encoded = msgspec.json.encode(row)
                assert entry_of(msgspec.json.decode(encoded, type=LedgerRow)).signature == row.signature
