"""What the chain recorded, read from the balances of blocks alone; operations are judged against it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from domain.activity.activity import SOL
from sandbox.actors.operations import Operation
from sandbox.chain.encodings.transactions import ExecutedBody
from sandbox.chain.node.blocks import Block
from sandbox.chain.transactions.landed import LandedTransaction, Outcome

WRAPPED = "So11111111111111111111111111111111111111112"


def outcome_of(recorded: LandedTransaction) -> Outcome:
    assert isinstance(recorded.body, ExecutedBody)
    return recorded.body.outcome


def rows_of(outcome: Outcome) -> list[tuple[int, Any]]:
    """Token balances before, with a sign of -1, and after, with +1."""
    assert outcome.pre_tokens is not None
    assert outcome.post_tokens is not None
    return [(-1, row) for row in outcome.pre_tokens] + [(1, row) for row in outcome.post_tokens]


def deltas(recorded: LandedTransaction, wallet: str) -> dict[str, int]:
    """Return what one owner's balances did, worked out from the block alone; the network fee is given back.

    SOL is all lamports of the wallet and of its token accounts: wrapping and rent of its own are nothing. The
    rent of an account that is opened for somebody else is neither paid nor received.
    """
    outcome = outcome_of(recorded)
    moved = [
        after - before for before, after in zip(outcome.pre_balances, outcome.post_balances, strict=True)
    ]
    change: Counter[str] = Counter()
    own = {index for index, key in enumerate(recorded.keys) if key == wallet}
    for sign, row in rows_of(outcome):
        if row["owner"] == wallet:
            own.add(row["accountIndex"])
            amount = 0 if row["mint"] == WRAPPED else int(row["uiTokenAmount"]["amount"])
            change[row["mint"]] += sign * amount
    change[SOL] = sum(moved[index] for index in own) + (outcome.fee if recorded.keys[0] == wallet else 0)
    change[SOL] += _rent_for_others(recorded, wallet)
    return {mint: amount for mint, amount in change.items() if amount}


def _rent_for_others(recorded: LandedTransaction, wallet: str) -> int:
    """What the payer put into new token accounts of others, or the others were given so, below zero."""
    outcome, payer = outcome_of(recorded), recorded.keys[0]
    owners = {row["accountIndex"]: row["owner"] for sign, row in rows_of(outcome) if sign > 0}
    rents = [
        (owner, outcome.post_balances[index])
        for index, owner in owners.items()
        if not outcome.pre_balances[index] and owner != payer
    ]
    return sum(rent if wallet == payer else -rent for owner, rent in rents if wallet in {payer, owner})


def amounts_of(operation: Operation) -> dict[str, int]:
    change: Counter[str] = Counter()
    for leg in operation.paid:
        change[leg.mint] -= leg.raw
    for leg in operation.received:
        change[leg.mint] += leg.raw
    return {mint: amount for mint, amount in change.items() if amount}


def by_signature(blocks: Iterable[Block]) -> dict[str, LandedTransaction]:
    return {one.signature: one for block in blocks for one in block.transactions}


def check(blocks: Iterable[Block], operations: Iterable[Operation]) -> None:
    """Check that every operation is what the chain's balances say."""
    recorded = by_signature(blocks)
    for operation in operations:
        one = recorded[operation.signature]
        assert (one.err is not None) == operation.failed
        assert deltas(one, operation.wallet) == amounts_of(operation), operation
