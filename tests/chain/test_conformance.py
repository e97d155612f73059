"""Every recorded transaction, against what was worked out from its balances apart from any decoder."""

from chain.cli.decode import decoded_rows
from chain.decoders.activities import activities
from chain.decoders.balances import change_of, deltas
from chain.decoders.fees import FEE_RECIPIENTS
from chain.decoders.flows import flows_in, total
from chain.decoders.programs import PROGRAMS, Role
from chain.parsing.calls import calls_of
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import SOL, Activity, Kind
from tests.chain import recorded

pytestmark = recorded.requires_ledger


def _amounts(activity: Activity) -> tuple[dict[str, int], dict[str, int]]:
    return {leg.mint: leg.raw for leg in activity.paid}, {leg.mint: leg.raw for leg in activity.received}


def test_it_books_the_same_to_every_owner() -> None:
    for signature, raw in recorded.transactions().items():
        assert deltas(read_transaction(raw)) == recorded.expected(signature)["deltas"], signature


def test_it_books_to_one_owner_what_it_books_to_all() -> None:
    for signature, raw in recorded.transactions().items():
        transaction = read_transaction(raw)
        if not transaction.failed:
            for owner, moved in deltas(transaction).items():
                change = change_of(transaction, owner)
                booked = {SOL: change.lamports, **change.tokens}
                assert owner[0] == "?" or {mint: one for mint, one in booked.items() if one} == moved, (
                    signature
                )


def _brought_less_than_it_cost(done: list[Activity], deltas_of: dict[str, dict[str, int]]) -> bool:
    """Whether it is a sale that left the wallet with less SOL: balances alone do not show it as a trade."""
    sales = [one for one in done if one.kind is Kind.SELL and one.paid and one.received]
    return any(
        deltas_of[one.wallet].get(SOL, 0) <= 0 and [leg.mint for leg in one.received] == [SOL]
        for one in sales
    )


def _was_only_tipped(done: list[Activity], trader: str | None) -> bool:
    """Whether the SOL that the balances take for a price was nothing but a tip."""
    return any(not one.paid and one.received and one.tip > 0 for one in done if one.wallet == trader)


def test_it_finds_every_trade_with_trader_and_exact_amounts_and_no_other() -> None:
    found = 0
    for signature, raw in recorded.transactions().items():
        expected = recorded.expected(signature)
        done = activities(read_transaction(raw), chain="solana", wallets=None)
        traded = next((one for one in done if one.paid and one.received), None)
        if expected["trader"] is None and _brought_less_than_it_cost(done, expected["deltas"]):
            continue
        if traded is None and _was_only_tipped(done, expected["trader"]):
            found += 1
            continue
        assert (traded.wallet if traded else None) == expected["trader"], signature
        if traded:
            found += 1
            assert _amounts(traded) == (expected["trade"]["paid"], expected["trade"]["received"]), signature
    assert found == sum(bool(recorded.expected(one)["trade"]) for one in recorded.transactions())


def test_a_failed_transaction_is_nothing_but_its_fee() -> None:
    for signature, raw in recorded.transactions().items():
        expected, transaction = recorded.expected(signature), read_transaction(raw)
        assert (transaction.failed, transaction.fee) == (expected["failed"], expected["fee"]), signature
        assert (transaction.payer, [*transaction.signers]) == (expected["fee_payer"], expected["signers"])
        if transaction.failed:
            assert activities(transaction, chain="solana", wallets=None) == []
            rows = list(decoded_rows(transaction, None))
            assert sum(row.fee for row in rows) == expected["fee"]
            assert all(row.failed and not row.paid and not row.received for row in rows)


def test_no_transaction_makes_or_loses_lamports() -> None:
    for signature, raw in recorded.transactions().items():
        moved = deltas(read_transaction(raw)).values()
        assert sum(owner.get(SOL, 0) for owner in moved) == 0, signature


def _done() -> list[tuple[str, Transaction, Activity]]:
    read = [(signature, read_transaction(raw)) for signature, raw in recorded.transactions().items()]
    return [
        (signature, transaction, done)
        for signature, transaction in read
        for done in activities(transaction, chain="solana", wallets=None)
    ]


def test_no_tip_fee_or_rent_is_named_as_something_that_was_sent() -> None:
    for signature, transaction, done in _done():
        if done.kind is Kind.TRANSFER_OUT and {leg.mint for leg in done.paid} == {SOL}:
            moves = flows_in(transaction, calls_of(transaction)).paid_by(done.wallet)
            costs = sum(move.raw for move in moves if move.target in FEE_RECIPIENTS)
            assert done.paid[0].raw <= total(moves) - costs, signature


def test_who_takes_tips_and_fees_is_not_said_to_have_traded_or_received_anything() -> None:
    looked_at = 0
    for signature, raw in recorded.transactions().items():
        for done in activities(read_transaction(raw), chain="solana", wallets=FEE_RECIPIENTS):
            looked_at += 1
            assert done.is_signer or done.kind is Kind.OTHER, (signature, done.wallet)
    assert looked_at > 50


def test_nothing_is_bought_with_what_it_cost_alone() -> None:
    for signature, _, done in _done():
        if done.kind is Kind.BUY and [leg.mint for leg in done.paid] == [SOL]:
            assert done.paid[0].raw > done.tip + done.venue_fee, signature


def test_no_bridge_burns_or_mints_for_a_person() -> None:
    bridges = {program.name for program in PROGRAMS.values() if program.role is Role.BRIDGE}
    for signature, _, done in _done():
        assert not (bridges & {*done.route} and done.kind in {Kind.MINT, Kind.BURN}), signature
