"""Trades that the wallet's own balances hide: below their costs, and for somebody else."""

import json

from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.samples import TOKEN, USDC, WHIRLPOOL, call
from tests.chain.wallets import (
    ALICE,
    BOB,
    HER_OTHER,
    MINT,
    SOL,
    activity_of,
    amounts,
    exchange,
    fault_activity,
    kind_and_amounts,
)


def test_a_sale_that_brings_less_than_it_costs_is_that_sale() -> None:
    exit_ = fault_activity("b04-full-exit", "7w5gqU")
    assert (exit_.kind, [leg.raw for leg in exit_.paid]) == (Kind.SELL, [177_590_297])
    assert (amounts(exit_.received), exit_.tip, exit_.venue) == ({"SOL": 199_350}, 5_900_000, "GMGN")
    small = fault_activity("b04-sale-smaller", "CYKajC")
    assert (small.kind, [leg.raw for leg in small.paid]) == (Kind.SELL, [3_431_721])
    assert (amounts(small.received), small.tip) == ({"SOL": 587}, 1_000)


def test_it_is_the_same_in_every_encoding() -> None:
    sample = json.loads(recorded.fault("b04-sale-smaller"))
    sample = sample.get("result", sample)
    for form in (samples.as_base64, samples.as_parsed):
        sold = activity_of(form(sample), sample["transaction"]["message"]["accountKeys"][0])
        assert (sold.kind, amounts(sold.received)) == (Kind.SELL, {"SOL": 587})


def test_a_sale_paid_to_another_wallet_is_a_sale_that_names_it() -> None:
    sold = fault_activity("b10-proceeds", "ADHUXu")
    assert (sold.kind, [leg.raw for leg in sold.paid], sold.received) == (Kind.SELL, [62_237_629], ())
    assert amounts(sold.elsewhere) == {"SOL": 413_911}
    assert sold.elsewhere_to is not None
    assert sold.elsewhere_to.startswith("AA95dMp7")


def _transfer(raw: int, accounts: list[int]) -> dict[str, object]:
    return {**call(TOKEN, b"\x03" + raw.to_bytes(8, "little"), depth=2), "accounts": accounts}


def test_what_a_pool_gives_to_somebody_else_is_bought_for_them() -> None:
    sample = exchange(USDC, MINT, program=WHIRLPOOL)
    message, meta = sample["transaction"]["message"], sample["meta"]
    keys, program = message["accountKeys"], message["accountKeys"].index(TOKEN)
    for balances in (meta["preTokenBalances"], meta["postTokenBalances"]):
        for balance in balances:
            if keys[balance["accountIndex"]] == HER_OTHER:
                balance["owner"] = samples.address("somebody else")
    moves = [_transfer(100, [2, 3, 0]), _transfer(7, [5, 4, 1])]
    meta["innerInstructions"] = [
        {"index": 0, "instructions": [{**move, "programIdIndex": program} for move in moves]}
    ]
    bought = activity_of(sample, ALICE)
    assert kind_and_amounts(bought) == (Kind.BUY, {USDC: 100}, {})
    assert (amounts(bought.elsewhere), bought.elsewhere_to) == ({MINT: 7}, samples.address("somebody else"))


def test_wrapped_sol_that_is_closed_for_somebody_else_was_sold_for_them() -> None:
    sample = exchange(MINT, samples.WSOL, program=WHIRLPOOL)
    message, meta = sample["transaction"]["message"], sample["meta"]
    message["accountKeys"].append(samples.address("heir"))
    meta["preBalances"] += [SOL]
    meta["postBalances"] += [SOL + 7 + samples.RENT]
    at = message["accountKeys"].index(HER_OTHER)
    meta["preTokenBalances"] = [one for one in meta["preTokenBalances"] if one["accountIndex"] != at]
    meta["postTokenBalances"] = [one for one in meta["postTokenBalances"] if one["accountIndex"] != at]
    program, heir = message["accountKeys"].index(TOKEN), len(message["accountKeys"]) - 1
    meta["postBalances"][at] = 0
    moves = [_transfer(100, [2, 3, 0]), _transfer(7, [5, at, 1])]
    meta["innerInstructions"] = [
        {"index": 0, "instructions": [{**move, "programIdIndex": program} for move in moves]}
    ]
    closing = {**call(TOKEN, b"\x09"), "accounts": [at, heir, 0], "programIdIndex": program}
    message["instructions"].append(closing)
    sold = activity_of(sample, ALICE)
    assert (sold.kind, amounts(sold.paid), amounts(sold.elsewhere)) == (Kind.SELL, {MINT: 100}, {"SOL": 7})
    assert sold.elsewhere_to == samples.address("heir")


def test_tokens_that_are_sent_with_a_tip_and_no_venue_are_sent() -> None:
    sample = exchange(USDC, MINT)
    meta = sample["meta"]
    meta["preTokenBalances"] = [one for one in meta["preTokenBalances"] if one["mint"] == USDC]
    meta["postTokenBalances"] = [one for one in meta["postTokenBalances"] if one["mint"] == USDC]
    sent = activity_of(sample, ALICE)
    assert kind_and_amounts(sent) == (Kind.TRANSFER_OUT, {USDC: 100}, {})
    assert sent.counterparty == BOB
