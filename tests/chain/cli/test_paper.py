"""`python -m chain paper`: what it reads, prints and complains of."""

import argparse
import json
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from chain.cli.decode import decoded_rows
from chain.cli.paper import TradeRow, paper, plan_argument, seen_trade
from chain.cli.streams import StandardStreams
from chain.parsing.transaction import read_transaction
from domain.activity.activity import TRADES
from domain.paper.plan import Plan
from tests.chain import recorded, samples
from tests.domain.paper.by_hand import by_hand

WALLET, MINT = samples.address("trader"), samples.address("mint")
SOL = 10**9
PLAN = Plan(size_sol=Decimal(1), delay_s=1, fee_bps=100)


def _row(at: int, kind: str, **fields: Any) -> dict[str, Any]:
    row = {"signature": f"s{at}", "slot": at, "wallet": WALLET, "kind": kind, "block_time": 1_000 + at}
    return {**row, "quote": "SOL", "fee": 5_000, **fields}


BOUGHT = _row(
    1, "buy", paid={"SOL": SOL}, received={MINT: 100}, fill="0.5", spot="0.5", liquidity_quote=99 * SOL
)
SEEN = _row(2, "buy", wallet="other", paid={"SOL": SOL}, received={MINT: 100}, fill="0.6")
SOLD = _row(5, "sell", paid={MINT: 50}, received={"SOL": SOL}, pre={MINT: 100}, fill="0.8", tip=1_000)
LAST = _row(7, "sell", wallet="other", paid={MINT: 50}, received={"SOL": SOL}, fill="0.9")


def _printed(plan: Plan, *rows: object) -> tuple[int, bytes, str]:
    lines = b"\n".join(row if isinstance(row, bytes) else msgspec.json.encode(row) for row in rows)
    streams = StandardStreams(stdin=BytesIO(lines), stdout=BytesIO(), stderr=StringIO())
    code = paper("-", plan, streams)
    assert isinstance(streams.stdout, BytesIO)
    assert isinstance(streams.stderr, StringIO)
    return code, streams.stdout.getvalue(), streams.stderr.getvalue()


def test_it_prints_each_fill_and_then_what_the_campaign_came_to() -> None:
    code, printed, complaints = _printed(
        structs.replace(PLAN, wallets=frozenset({WALLET})), LAST, SOLD, SEEN, BOUGHT
    )
    bought, sold, result = [json.loads(line) for line in printed.splitlines()]
    assert (code, complaints) == (0, "")
    assert bought == {
        "fill": "buy",
        "cause": "whale",
        "signature": "s1",
        "wallet": WALLET,
        "mint": MINT,
        "ordered_at": 1_001,
        "filled_at": 1_002,
        "price": "0.6",
        "quantity": "1.64999175",
        "sol": SOL - 5_000,
        "fees_sol": (SOL - 5_000) // 100 + 5_000,
    }
    assert (sold["quantity"], sold["filled_at"]) == ("0.824995875", 1_007)
    gross = SOL * 9 // 10 * 824_995_875 // 10**9
    fee = -(-gross // 100)
    gain = gross - fee - 6_000 - SOL // 2
    assert (sold["sol"], sold["gain_sol"]) == (gross - fee, gain)
    assert result == {
        "trades": 1,
        "wins": 1,
        "unfilled": 0,
        "realised_sol": gain,
        "fees_sol": (SOL - 5_000) // 100 + fee + 11_000,
        "max_drawdown_sol": result["max_drawdown_sol"],
        "holding_sol": 10 * SOL,
        "end_sol": 9 * SOL + gross - fee - 6_000 + gross,
        "refused": 0,
        "late": 0,
    }


def test_a_line_that_cannot_be_read_is_named_and_stops_nothing() -> None:
    wrong = [b"{", _row(3, "buy", received={MINT: -1}), _row(3, "buy", received={MINT: 1}, fill="NaN")]
    code, printed, complaints = _printed(PLAN, BOUGHT, *wrong, SEEN)
    assert code == 1
    assert [line.split(":")[1].strip() for line in complaints.splitlines()] == ["line 2", "line 3", "line 4"]
    assert b'"fill":"buy"' in printed


@pytest.mark.parametrize(
    "wrong",
    [
        {"spot": "1e-99999999"},
        {"spot": "1e99999999"},
        {"spot": "0" * 1_000 + "1"},
        {"spot": "-1"},
        {"spot": "abc"},
        {"fee": -1},
        {"tip": 10**400},
        {"liquidity_quote": 10**400},
        {"block_time": -1},
        {"block_time": 10**400},
    ],
)
def test_a_hostile_number_is_named_at_once(wrong: dict[str, Any]) -> None:
    code, printed, complaints = _printed(PLAN, {**BOUGHT, **wrong})
    assert (code, len(printed.splitlines()), len(complaints.splitlines())) == (1, 1, 1)
    assert len(complaints) < 200


@pytest.mark.parametrize(
    "plan",
    [
        "",
        "[" * 100_000,
        "{}",
        '{"size_sol":"1e-99999999"}',
        '{"size_sol":1,"stop_pct":"1e-99999999"}',
        '{"size_sol":1,"wallets":"w"}',
        '{"size_sol":1,"surprise":1}',
        '{"size_sol":1,"from":9,"until":8}',
        '{"size_sol":1,"until":1e30}',
    ],
)
def test_a_hostile_plan_is_refused_in_one_line(plan: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan)
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        plan_argument(str(path))
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_after_the_end_of_the_plan_nothing_is_seen() -> None:
    plan = structs.replace(PLAN, wallets=frozenset({WALLET}), until=1_004)
    _, printed, _ = _printed(plan, BOUGHT, SEEN, SOLD, LAST)
    assert [json.loads(line).get("fill") for line in printed.splitlines()] == ["buy", None]


def test_what_failed_is_no_trade_or_has_no_time_is_passed_over() -> None:
    rows = [{**BOUGHT, "failed": True}, {**BOUGHT, "kind": "transfer_in"}, {**BOUGHT, "block_time": None}]
    code, printed, _ = _printed(PLAN, *rows)
    assert code == 0
    assert json.loads(printed)["end_sol"] == 10 * SOL


def test_a_price_in_something_else_than_sol_is_no_price() -> None:
    plan = structs.replace(PLAN, wallets=frozenset({WALLET}))
    _, printed, _ = _printed(plan, BOUGHT, {**SEEN, "quote": "dollars"})
    assert json.loads(printed)["unfilled"] == 1


@pytest.mark.parametrize("wrong", [{"impact": "-0.3"}, {"paid": {"SOL": 5}}])
def test_dust_and_what_moved_its_pool_far_show_no_price(wrong: dict[str, Any]) -> None:
    plan = structs.replace(PLAN, wallets=frozenset({WALLET}))
    _, printed, _ = _printed(plan, BOUGHT, {**SEEN, **wrong})
    assert json.loads(printed)["unfilled"] == 1


def test_a_plan_is_read_from_its_file(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"size_sol":"0.25","take_profit_pct":50}')
    assert plan_argument(str(plan)).size == SOL // 4
    plan.write_text('{"size_sol":-1}')
    for name in (str(plan), str(tmp_path / "none.json")):
        with pytest.raises(argparse.ArgumentTypeError):
            plan_argument(name)


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_recorded_trades_come_to_what_a_computation_apart_says_and_twice_to_the_same_bytes(self) -> None:
        rows = [
            row
            for raw in recorded.transactions().values()
            for row in decoded_rows(read_transaction(raw), None)
            if row.kind in TRADES and row.block_time is not None
        ]
        rows.sort(key=lambda row: (row.block_time or 0, row.slot or 0, row.position or 0))
        plan = Plan(size_sol=Decimal("0.5"), fee_bps=100, stop_pct=Decimal(20), max_open=50)
        seen = [
            seen_trade(msgspec.json.decode(msgspec.json.encode(row), type=TradeRow), row.block_time or 0)
            for row in rows
        ]
        first, second = _printed(plan, *rows), _printed(plan, *rows)
        assert first == second
        found = json.loads(first[1].splitlines()[-1])
        expected = by_hand(plan, seen)
        assert {key.removesuffix("_sol"): value for key, value in found.items()} == expected
        assert found["unfilled"] + len(first[1].splitlines()) > 20
