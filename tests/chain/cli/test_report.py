"""The rows that are printed of a transaction: one for each wallet."""

import msgspec

from chain.cli.report import DecodedRow, decoded_rows
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.wallets import MINT, SOL

TRADER, POOL = samples.address("trader"), samples.address("pool")


def _rows(sample: object, *wallets: str) -> list[DecodedRow]:
    return list(decoded_rows(read_transaction(samples.raw(sample)), frozenset(wallets) or None))


def test_without_wallets_every_signer_has_a_row() -> None:
    (row,) = _rows(samples.swap())
    assert (row.wallet, row.kind, row.paid, row.received) == (TRADER, Kind.BUY, {"SOL": SOL}, {MINT: 250})
    assert (row.fee, row.failed, row.venue) == (5000, False, "Jupiter v6")


def test_a_wallet_to_which_nothing_happened_has_an_empty_row_and_a_stranger_none() -> None:
    bystander = samples.address("theirs")
    (row,) = _rows(samples.swap(), bystander, samples.address("stranger"))
    assert (row.wallet, row.kind, row.paid, row.received, row.fee) == (bystander, Kind.OTHER, {}, {}, 0)


def test_of_a_failed_transaction_the_payer_has_the_fee() -> None:
    sample = samples.swap()
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    payer, pool = _rows(sample, TRADER, POOL)
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
