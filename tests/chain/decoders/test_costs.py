"""What a wallet gave only to have its transaction done is no part of what it paid, sent or received."""

from chain.decoders.activities import activities
from chain.decoders.balances import change_of, legs_of
from chain.decoders.costs import costs_of, less_sol, returned_rent
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.route import route_of
from chain.decoders.wallet_view import CallReading, WalletView
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind, Leg
from domain.activity.prices import sol_price
from tests.chain import recorded
from tests.chain.samples import RENT, SYSTEM, TOKEN, USDC, WHIRLPOOL, address, call, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    SOL,
    activity_of,
    exchange,
    fault_activity,
    kind_and_amounts,
    recorded_transaction,
)

JITO = "96gYZGLnJYVFmbjzopPSU6QiEV5fGqZNyN9nmNhvrZU5"
BLOXROUTE = "HWEoBxYs7ssKuudEjzjmpfJVX7Dvi7wescFsVx2L5yoY"
NEW = address("new account")


def _transfer(lamports: int, target: int) -> dict[str, object]:
    return {
        **call(SYSTEM, b"\x02\0\0\0" + lamports.to_bytes(8, "little")),
        "accounts": [0, target],
    }


def _sent(*gifts: tuple[str, int]) -> dict[str, object]:
    """Alice sends lamports to each, by plain transfers."""
    total = sum(lamports for _, lamports in gifts)
    return transaction(
        {ALICE: (SOL, SOL - FEE - total), **{target: (RENT, RENT + lamports) for target, lamports in gifts}},
        calls=[(_transfer(lamports, at), ()) for at, (_, lamports) in enumerate(gifts, start=1)],
    )


def test_nothing_but_a_tip_is_nothing_that_was_done() -> None:
    for recipient in (JITO, BLOXROUTE):
        tipped = activity_of(_sent((recipient, 5_000)), ALICE)
        assert (kind_and_amounts(tipped), tipped.tip) == ((Kind.OTHER, {}, {}), 5_000)


def test_what_is_sent_is_counted_without_the_tip_next_to_it() -> None:
    sent = activity_of(_sent((BOB, 700_000_000), (JITO, 10_000)), ALICE)
    assert kind_and_amounts(sent) == (Kind.TRANSFER_OUT, {"SOL": 700_000_000}, {})
    assert (sent.tip, sent.counterparty) == (10_000, BOB)


def test_a_small_plain_transfer_alone_is_a_transfer() -> None:
    assert kind_and_amounts(activity_of(_sent((BOB, 5_000)), ALICE)) == (
        Kind.TRANSFER_OUT,
        {"SOL": 5_000},
        {},
    )


def test_the_rent_of_an_account_that_is_opened_for_somebody_is_not_sent() -> None:
    sample = transaction(
        {ALICE: (SOL, SOL - FEE - RENT), NEW: (0, RENT)},
        calls=(
            (
                {
                    **call(
                        SYSTEM,
                        bytes(4) + RENT.to_bytes(8, "little") + (165).to_bytes(8, "little") + bytes(32),
                    ),
                    "accounts": [0, 1],
                },
                (),
            ),
        ),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.OTHER, {}, {})


def _swap_with_transfer(target: str, *, used: bool = False) -> dict[str, object]:
    """Alice gets 7 of a token from a venue, and sends 3,000 lamports by a plain transfer beside it."""
    sample = exchange(USDC, address("mint"), program=WHIRLPOOL)
    message, meta = sample["transaction"]["message"], sample["meta"]
    message["accountKeys"].append(target)
    at = len(message["accountKeys"]) - 1
    meta["preTokenBalances"] = [one for one in meta["preTokenBalances"] if one["mint"] != USDC]
    meta["postTokenBalances"] = [one for one in meta["postTokenBalances"] if one["mint"] != USDC]
    meta["preBalances"].append(RENT)
    meta["postBalances"].append(RENT + 3_000)
    meta["postBalances"][0] -= 3_000
    message["instructions"].append(
        {**_transfer(3_000, at), "programIdIndex": message["accountKeys"].index(TOKEN)}
    )
    message["accountKeys"].append(SYSTEM)
    meta["preBalances"].append(1)
    meta["postBalances"].append(1)
    message["instructions"][-1]["programIdIndex"] = len(message["accountKeys"]) - 1
    if used:
        message["instructions"][0]["accounts"].append(at)
    return sample


def test_a_small_transfer_next_to_a_trade_to_somebody_who_takes_no_part_buys_nothing() -> None:
    kind, paid, received = kind_and_amounts(activity_of(_swap_with_transfer(BOB), ALICE))
    assert (kind, paid, received) == (Kind.BUY, {"SOL": 3_000}, {address("mint"): 7})  # Bob holds it
    kind, paid, received = kind_and_amounts(activity_of(_swap_with_transfer(address("unlisted")), ALICE))
    assert (kind, paid, received) == (Kind.OTHER, {}, {address("mint"): 7})


def test_a_small_transfer_to_an_account_that_a_venue_uses_may_be_the_price() -> None:
    bought = activity_of(_swap_with_transfer(address("unlisted"), used=True), ALICE)
    assert kind_and_amounts(bought) == (Kind.BUY, {"SOL": 3_000}, {address("mint"): 7})


def test_a_large_tip_next_to_a_sale_is_no_part_of_what_was_sold() -> None:
    sample = exchange(address("mint"), USDC, program=WHIRLPOOL)
    message, meta = sample["transaction"]["message"], sample["meta"]
    for key, before, after in ((JITO, RENT, RENT + 50_000_000), (SYSTEM, 1, 1)):
        message["accountKeys"].append(key)
        meta["preBalances"].append(before)
        meta["postBalances"].append(after)
    meta["postBalances"][0] -= 50_000_000
    at = len(message["accountKeys"])
    message["instructions"].append({**_transfer(50_000_000, at - 2), "programIdIndex": at - 1})
    sold = activity_of(sample, ALICE)
    assert kind_and_amounts(sold) == (Kind.SELL, {address("mint"): 100}, {USDC: 7})
    assert sold.tip == 50_000_000


def test_less_sol_leaves_the_other_legs_and_never_a_leg_of_nothing() -> None:
    legs = (Leg(mint="SOL", raw=5, decimals=9), Leg(mint=USDC, raw=7, decimals=6))
    assert [leg.raw for leg in less_sol(legs, 2)] == [3, 7]
    assert [leg.raw for leg in less_sol(legs, 5)] == [7]


class TestFaults:
    def test_a_tip_alone_is_nothing_by_whomever(self) -> None:
        for name, wallet, tip in (
            ("b05-nothing-but-a-tip.2CT", "Data6X", 5_000),
            ("b05-nothing-but-a-tip.2Vm", "77777T", 94_181),
            ("b05-tip-by-a-second-signer", "6mDW7c", 6_837_061),
        ):
            tipped = fault_activity(name, wallet)
            assert (kind_and_amounts(tipped), tipped.tip) == ((Kind.OTHER, {}, {}), tip), name

    def test_who_did_not_give_the_tip_has_none(self) -> None:
        pooled = fault_activity("b05-tip-by-a-second-signer", "5z4giZ")
        assert (pooled.kind, pooled.tip) == (Kind.LIQUIDITY_ADD, 0)

    def test_the_profit_of_an_arbitrage_is_not_bought_with_the_tip(self) -> None:
        gained = fault_activity("b05-arbitrage", "46ECY5")
        assert (gained.kind, gained.paid, gained.tip) == (Kind.OTHER, (), 7_500)
        assert sorted(leg.raw for leg in gained.received) == [651, 14_037]

    def test_an_account_that_was_only_opened_received_nothing(self) -> None:
        opened = fault_activity("b06-bridged-out", "DD27Cf")
        assert kind_and_amounts(opened) == (Kind.OTHER, {}, {})

    def test_neither_a_tip_nor_two_transfers_between_friends_show_a_price_of_sol(self) -> None:
        for name in ("b01-sale-out-of-funds", "b01-two-transfers"):
            transaction = read_transaction(recorded.fault(name))
            done = activities(transaction, chain="solana", wallets=None)
            assert done
            assert [one for one in done if sol_price(one) is not None] == []

    def test_costs_are_known_by_their_kind(self) -> None:
        transaction_ = read_transaction(recorded.fault("b04-full-exit"))
        wallet = transaction_.payer
        paid, received = legs_of(change_of(transaction_, wallet))
        view = WalletView(
            CallReading(transaction_), wallet, paid, received, route_of(transaction_), QUOTE_MINTS
        )
        costs = costs_of(view, is_trade=True)
        assert (costs.tip, costs.fees, costs.rent, costs.unlisted) == (5_900_000, 2_023, 0, 0)
        assert (costs.total, returned_rent(view)) == (5_902_023, 0)


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_the_rent_of_an_order_that_its_keeper_closes_is_not_received(self) -> None:
        assert _received_by("F47c3Ciz", "E4R1iX") == []

    def test_the_rent_of_accounts_of_others_is_not_received(self) -> None:
        assert _received_by("2RBa2Rki", "ExxP8D") == []
        assert _received_by("41AWfawc", "AA95dM") == [413_911]

    def test_the_rent_of_an_order_that_is_cancelled_is_not_received(self) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith("5EZNycMM"))
        (back,) = activities(recorded_transaction(signature), chain="solana", wallets=None)
        assert (back.kind, [leg.raw for leg in back.received]) == (Kind.ORDER_CLOSE, [225_000_000_000])


def _received_by(signature: str, wallet: str) -> list[int]:
    """Return what came in for a wallet of a recorded transaction, both named by their first letters."""
    found = recorded_transaction(next(one for one in recorded.transactions() if one.startswith(signature)))
    done = activities(found, chain="solana", wallets={key for key in found.keys if key.startswith(wallet)})
    return [leg.raw for one in done for leg in one.received]
