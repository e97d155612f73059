"""`python -m chain decode`: what it prints, where, and with which exit code.
The rows that are printed of a transaction: one for each wallet.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chain.cli.decode import DecodedRow, add_to, decoded_rows
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.wallets import MINT, SOL

TRADER, DECODE_MINT = samples.address("trader"), samples.address("mint")
REPORT_TRADER, POOL = samples.address("trader"), samples.address("pool")


def _run(*arguments: str | Path, stdin: bytes = b"") -> tuple[int, list[dict[str, Any]], list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "chain", "decode", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=20,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines, done.stderr.decode().splitlines()


def _file(folder: Path, name: str, sample: Any) -> Path:
    path = folder / name
    path.write_bytes(sample if isinstance(sample, bytes) else samples.raw(sample))
    return path


def test_it_prints_one_object_a_line_for_every_signer(tmp_path: Path) -> None:
    code, lines, complaints = _run(_file(tmp_path, "swap.json", samples.swap()))
    assert (code, complaints) == (0, [])
    assert lines == [
        {
            "signature": samples.swap()["transaction"]["signatures"][0],
            "slot": 5,
            "failed": False,
            "wallet": TRADER,
            "kind": "buy",
            "paid": {"SOL": 1_000_000_000},
            "received": {DECODE_MINT: 250},
            "fee": 5000,
            "venue": "Jupiter v6",
            "route": ["Jupiter v6", "Raydium CLMM", "Orca Whirlpool"],
            "counterparty": None,
            "pool": None,
            "quote": "SOL",
            "fill": "4000",
            "spot": None,
            "impact": None,
            "liquidity_quote": None,
            "usd": None,
            "block_time": samples.swap()["blockTime"],
            "position": None,
            "pre": {"SOL": 5_000_000_000},
            "post": {DECODE_MINT: 250, "SOL": 3_999_995_000 - samples.RENT},
            "signed": True,
            "tip": 0,
            "venue_fee": 0,
        }
    ]


def test_with_a_price_of_sol_it_tells_what_trades_are_worth(tmp_path: Path) -> None:
    _, lines, _ = _run("--sol-usd", "142.5", _file(tmp_path, "swap.json", samples.swap()))
    assert [line["usd"] for line in lines] == ["142.5"]


@pytest.mark.parametrize("price", ["0", "-1", "dear", "NaN", "1e12"])
def test_a_price_that_is_none_is_refused(price: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["decode", f"--sol-usd={price}", "-"])
    assert "is no price above 0 and up to 1,000,000" in capsys.readouterr().err


def test_it_tells_of_the_wallet_that_was_asked_for(tmp_path: Path) -> None:
    pool = samples.address("pool")
    _, lines, _ = _run("--wallet", pool, _file(tmp_path, "swap.json", samples.swap()))
    assert [(line["wallet"], line["received"], line["fee"]) for line in lines] == [
        (pool, {"SOL": 1_000_000_000}, 0)
    ]


def test_a_failed_transaction_is_its_fee(tmp_path: Path) -> None:
    sample = samples.swap()
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    _, (line,), _ = _run(_file(tmp_path, "failed.json", sample))
    assert (line["failed"], line["kind"], line["paid"], line["received"], line["fee"]) == (
        True,
        "other",
        {},
        {},
        5000,
    )


def test_it_reads_blocks_and_standard_input() -> None:
    block = {
        "parentSlot": 8,
        "blockhash": "b",
        "previousBlockhash": "a",
        "transactions": [samples.swap(), {}],
    }
    code, lines, complaints = _run("--block", "-", stdin=samples.raw(block))
    assert (code, len(lines)) == (1, 1)
    assert complaints == ["standard input: transaction 1: no transaction in it (is it a block?)"]


def test_a_block_says_when_and_where_its_transactions_stood() -> None:
    first, second = samples.swap(), samples.swap()
    for piece in (first, second):
        del piece["slot"], piece["blockTime"]
    block = {
        "parentSlot": 8,
        "blockTime": 1_700_000_000,
        "blockhash": "b",
        "previousBlockhash": "a",
        "transactions": [first, second],
    }
    _, lines, _ = _run("--block", "-", stdin=samples.raw(block))
    assert [(line["block_time"], line["position"]) for line in lines] == [
        (1_700_000_000, 0),
        (1_700_000_000, 1),
    ]


def test_whether_the_wallet_signed_is_printed() -> None:
    (row,) = _rows(samples.swap(), POOL)
    assert (row.signed, row.pre, row.post) == (
        False,
        {MINT: 900, "SOL": 9_001_000_000},
        {MINT: 650, "SOL": 10_001_000_000},
    )


def test_balances_are_null_where_a_node_does_not_name_the_owners() -> None:
    sample = samples.swap()
    del sample["meta"]["preTokenBalances"][0]["owner"]
    (row,) = _rows(sample)
    assert (row.pre, row.post) == (None, None)


def test_what_cannot_be_read_is_one_line_and_the_rest_is_still_decoded(tmp_path: Path) -> None:
    bad = [
        _file(tmp_path, "bad.json", b"{]"),
        _file(tmp_path, "null.json", b'{"result":null}'),
        _file(tmp_path, "cut.json", samples.raw(samples.swap())[:500]),
        tmp_path / "missing.json",
    ]
    code, lines, complaints = _run(*bad, _file(tmp_path, "good.json", samples.swap()))
    assert (code, len(lines), len(complaints)) == (1, 1, 4)
    assert all(complaint.startswith(f"{path}: ") for path, complaint in zip(bad, complaints, strict=True))
    assert "byte 1" in complaints[0]
    assert "null" in complaints[1]
    assert "cut off after 500 bytes" in complaints[2]


def test_a_wallet_that_is_no_address_is_refused() -> None:
    code, lines, complaints = _run("--wallet", "nonsense", "-")
    assert (code, lines) == (2, [])
    assert "is not a Solana address" in complaints[-1]


def _rows(sample: object, *wallets: str) -> list[DecodedRow]:
    return list(decoded_rows(read_transaction(samples.raw(sample)), frozenset(wallets) or None))


def test_without_wallets_every_signer_has_a_row() -> None:
    (row,) = _rows(samples.swap())
    assert (row.wallet, row.kind, row.paid, row.received) == (
        REPORT_TRADER,
        Kind.BUY,
        {"SOL": SOL},
        {MINT: 250},
    )
    assert (row.fee, row.failed, row.venue) == (5000, False, "Jupiter v6")


def test_a_wallet_to_which_nothing_happened_has_an_empty_row_and_a_stranger_none() -> None:
    bystander = samples.address("theirs")
    (row,) = _rows(samples.swap(), bystander, samples.address("stranger"))
    assert (row.wallet, row.kind, row.paid, row.received, row.fee) == (bystander, Kind.OTHER, {}, {}, 0)


def test_of_a_failed_transaction_the_payer_has_the_fee() -> None:
    sample = samples.swap()
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    payer, pool = _rows(sample, REPORT_TRADER, POOL)
    assert (payer.failed, payer.fee, pool.failed, pool.fee) == (True, 5000, True, 0)


def test_the_fields_are_printed_in_this_order() -> None:
    (row,) = _rows(samples.swap())
    assert list(msgspec.json.decode(msgspec.json.encode(row))) == [
        "signature",
        "slot",
        "failed",
        "wallet",
        "kind",
        "paid",
        "received",
        "fee",
        "venue",
        "route",
        "counterparty",
        "pool",
        "quote",
        "fill",
        "spot",
        "impact",
        "liquidity_quote",
        "usd",
        "block_time",
        "position",
        "pre",
        "post",
        "signed",
        "tip",
        "venue_fee",
    ]


def test_only_trades_say_anything_of_prices() -> None:
    (row,) = _rows(samples.swap(), samples.address("theirs"))
    assert not {"pool", "fill", "usd"} & set(msgspec.json.decode(msgspec.json.encode(row)))


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_every_signer_of_every_recorded_transaction_has_one_row(self) -> None:
        for signature, raw in recorded.transactions().items():
            transaction = read_transaction(raw)
            rows = list(decoded_rows(transaction, None))
            assert [row.wallet for row in rows] == list(dict.fromkeys(transaction.signers)), signature


def test_what_went_elsewhere_and_what_lay_at_an_exchange_is_printed_where_there_is_any() -> None:
    sold = decoded_rows(read_transaction(recorded.fault("b10-proceeds")), None)
    (row,) = [one for one in sold if one.elsewhere]
    assert (row.elsewhere, row.elsewhere_to is not None) == ({"SOL": 413_911}, True)
    (seat,) = decoded_rows(read_transaction(recorded.fault("b01-sale")), None)
    assert list(seat.from_order.values()) == [15_716_000_000]
    (plain,) = decoded_rows(read_transaction(recorded.fault("b15-dca")), None)
    assert b"elsewhere" not in msgspec.json.encode(plain)
