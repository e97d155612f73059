"""What the chain recorded, read from the balances of blocks alone: the judge of the town."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from domain.activity import SOL
from sandbox.actors.deeds import Deed
from sandbox.chain.blocks import Block
from sandbox.chain.encodings import ExecutedBody
from sandbox.chain.recording import Outcome, Recorded

WRAPPED = "So11111111111111111111111111111111111111112"


def outcome_of(recorded: Recorded) -> Outcome:
    assert isinstance(recorded.body, ExecutedBody)
    return recorded.body.outcome


def rows_of(outcome: Outcome) -> list[tuple[int, Any]]:
    """Token balances before, with a sign of -1, and after, with +1."""
    assert outcome.pre_tokens is not None
    assert outcome.post_tokens is not None
    return [(-1, row) for row in outcome.pre_tokens] + [(1, row) for row in outcome.post_tokens]


def deltas(recorded: Recorded, wallet: str) -> dict[str, int]:
    """What one owner's balances did, worked out from the block alone; rent of token accounts left out."""
    outcome, payer = outcome_of(recorded), recorded.keys[0] == wallet
    moved = [
        after - before for before, after in zip(outcome.pre_balances, outcome.post_balances, strict=True)
    ]
    change: Counter[str] = Counter()
    plain: set[int] = set()
    for sign, row in rows_of(outcome):
        mint = SOL if row["mint"] == WRAPPED else row["mint"]
        plain |= set() if mint == SOL else {row["accountIndex"]}
        if row["owner"] == wallet:
            change[mint] += sign * int(row["uiTokenAmount"]["amount"])
    if wallet in recorded.keys:
        change[SOL] += moved[recorded.keys.index(wallet)]
    if payer:
        change[SOL] += outcome.fee + sum(moved[index] for index in plain)
    return {mint: amount for mint, amount in change.items() if amount}


def told(deed: Deed) -> dict[str, int]:
    change: Counter[str] = Counter()
    for leg in deed.paid:
        change[leg.mint] -= leg.raw
    for leg in deed.received:
        change[leg.mint] += leg.raw
    return {mint: amount for mint, amount in change.items() if amount}


def by_signature(blocks: Iterable[Block]) -> dict[str, Recorded]:
    return {one.signature: one for block in blocks for one in block.transactions}


def check(blocks: Iterable[Block], deeds: Iterable[Deed]) -> None:
    """Every deed is what the chain's balances say."""
    recorded = by_signature(blocks)
    for deed in deeds:
        one = recorded[deed.signature]
        assert (one.err is not None) == deed.failed
        assert deltas(one, deed.wallet) == told(deed), deed
