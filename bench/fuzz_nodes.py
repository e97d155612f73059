"""Hostile nodes: blocks, answers and frames of streams with anything in them. Nothing raises past the border.

What comes out must be what can be stored and shown: numbers within their ranges, addresses that are some.
"""

import asyncio
import itertools
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from bench.fuzz_cases import Cases, Result
from bench.hostile_nodes import (
    HOLDING,
    MINT,
    SIGNATURE,
    SLOT,
    TRADER,
    hostile_answer,
    hostile_block,
    hostile_frame,
)
from chain.blocks.matching import matched_block
from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.accounts import read_accounts, token_account_owner
from chain.rpc.balances import read_balance
from chain.rpc.blocks import block_summary, blocks_between, current_slot, genesis_hash, transaction
from chain.rpc.mints import token_age, token_names
from chain.rpc.owned_accounts import token_account_states, token_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.response import read_answer, read_answers
from chain.rpc.signatures import signature_statuses, signatures_between, transactions
from chain.stream.messages import PushedBlock, PushedSlot, PushedTransaction, read_frame
from domain.activity.activity import SOL, Activity, Leg
from domain.errors import Undecodable, WhaleWatcherError
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts
from scanner.commit.committer import Decoder
from scanner.commit.sink import BlockContent

MAX_SECONDS = 2.0
"""For one case; what takes longer holds up a program."""
MAX_RAW, MAX_INTEGER, MAX_TIME = 2**64 - 1, 2**63 - 1, 4_102_444_800
_ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}|\?\d{1,5}")
_SIGNATURE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{1,88}")
_DECODER = Decoder(chain="solana")
_WATCHED = WatchedWallets([TRADER])


def decoded_block(text: str) -> BlockContent:
    """Return what the trader did in a block.

    Raises:
        Undecodable: it is none.
    """
    return _DECODER.block(SLOT, text.encode("utf-8", "replace"), wallets=_WATCHED)


def block_faults(text: str) -> list[str]:
    """Return what is wrong with how a block is read."""
    raw = msgspec.Raw(text.encode("utf-8", "replace"))
    found: list[str] = []
    try:
        content = decoded_block(text)
    except Undecodable:
        content = None
    if content is not None:
        found += [fault for one in content.activities for fault in _activity_faults(one)]
        found += [
            f"quarantined with {bad.signature!r}" for bad in content.quarantined if "\0" in f"{bad.signature}"
        ]
    try:
        matched = matched_block(raw, _WATCHED)
    except Undecodable:
        return found
    if matched.block_time is not None and not 0 <= matched.block_time <= MAX_TIME:
        found.append(f"a block time of {matched.block_time}")
    return found


def _activity_faults(activity: Activity) -> Iterator[str]:
    for leg in (*activity.paid, *activity.received, *activity.from_order, *activity.elsewhere):
        yield from _leg_faults(leg)
    for name in ("counterparty", "elsewhere_to", "wallet"):
        text = getattr(activity, name)
        if text is not None and not _ADDRESS.fullmatch(text):
            yield f"{name} is {text!r}"
    if not _SIGNATURE.fullmatch(activity.signature):
        yield f"the signature is {activity.signature!r}"
    for name in ("slot", "fee", "tip", "venue_fee", "position"):
        number = getattr(activity, name)
        if number is not None and not 0 <= number <= MAX_INTEGER:
            yield f"{name} is {number}"
    if abs(activity.rent) > MAX_INTEGER:
        yield f"rent is {activity.rent}"
    if activity.block_time is not None and not 0 <= activity.block_time <= MAX_TIME:
        yield f"the block time is {activity.block_time}"
    msgspec.json.encode(activity)
    alert_text(AlertFacts(event=activity, label="", symbols={}, happened_at=datetime.now(UTC), age=1.0))


def _leg_faults(leg: Leg) -> Iterator[str]:
    if leg.mint != SOL and not _ADDRESS.fullmatch(leg.mint):
        yield f"a mint is {leg.mint!r}"
    if not 0 <= leg.raw <= MAX_RAW or (leg.scaled is not None and not 0 <= leg.scaled <= MAX_RAW):
        yield f"an amount is {leg.raw}, shown as {leg.scaled}"
    if leg.decimals is not None and not 0 <= leg.decimals <= 255:
        yield f"decimals are {leg.decimals}"


def frame_faults(text: str) -> list[str]:
    """Return what is wrong with how a frame is read."""
    frame = read_frame(text.encode("utf-8", "replace"))
    found: list[str] = []
    if isinstance(frame, PushedTransaction) and not 1 <= len(frame.signature) <= 88:
        found.append(f"a pushed signature of {len(frame.signature)} characters")
    if isinstance(frame, PushedTransaction | PushedSlot | PushedBlock):
        slot = frame.slot or 0
        if not 0 <= slot <= MAX_INTEGER:
            found.append(f"a pushed slot of {slot}")
    return found


class _Node:
    """Gives one answer to everything, as a pool does."""

    names = ("node",)

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._asked = 0

    async def call(self, _method: str, _params: Sequence[Any] = (), **_more: Any) -> msgspec.Raw:
        self._asked += 1
        if self._asked > 1_000:
            raise AssertionError("it asks without end")
        return read_answer(200, self._body, provider="node")

    async def call_many(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        return [await self.call(method, one) for one in params]


def answer_faults(text: str) -> list[str]:
    """Return what is wrong with how an answer is read, whatever was asked."""
    body = text.encode("utf-8", "replace")
    found = asyncio.run(_asked(cast("RpcPool", _Node(body))))
    try:
        read_answers(200, body, [1, 2], provider="node")
    except WhaleWatcherError:
        return found
    return found


async def _asked(rpc: RpcPool) -> list[str]:
    found = []
    for ask in _QUESTIONS:
        try:
            await ask(rpc)
        except WhaleWatcherError:
            continue
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            found.append(f"{type(error).__name__}: {error}"[:200])
    return found


async def _account_questions(rpc: RpcPool) -> None:
    await read_accounts(rpc, [MINT, TRADER])


async def _balance_question(rpc: RpcPool) -> None:
    facts = await read_balance(rpc, TRADER)
    msgspec.json.encode(facts)


async def _list_question(rpc: RpcPool) -> None:
    for one in await signatures_between(rpc, TRADER, after=SLOT - 5, upto=SLOT, commitment="confirmed"):
        if not 0 <= one.slot <= MAX_INTEGER or not _SIGNATURE.fullmatch(one.signature):
            raise AssertionError(f"a listed {one.signature!r} of slot {one.slot}")


async def _age_question(rpc: RpcPool) -> None:
    age = await token_age(rpc, MINT)
    if age is not None and not 0 <= age.created_at <= MAX_TIME:
        raise AssertionError(f"created at {age.created_at}")


_QUESTIONS: tuple[Callable[[RpcPool], Any], ...] = (
    _account_questions,
    _balance_question,
    _list_question,
    _age_question,
    lambda rpc: token_account_owner(rpc, HOLDING),
    lambda rpc: token_names(rpc, [MINT, "x"]),
    lambda rpc: current_slot(rpc, commitment="confirmed"),
    genesis_hash,
    lambda rpc: blocks_between(rpc, SLOT, SLOT + 9, commitment="confirmed"),
    lambda rpc: block_summary(rpc, SLOT, commitment="confirmed", seconds=1.0),
    lambda rpc: transaction(rpc, SIGNATURE, commitment="confirmed"),
    lambda rpc: transactions(rpc, [SIGNATURE], commitment="confirmed"),
    lambda rpc: token_accounts(rpc, TRADER, commitment="confirmed"),
    lambda rpc: token_account_states(rpc, [HOLDING], upto=SLOT, commitment="confirmed"),
    lambda rpc: signature_statuses(rpc, [SIGNATURE]),
)

KINDS: Mapping[str, tuple[Callable[[random.Random], str], Callable[[str], list[str]]]] = {
    "block": (hostile_block, block_faults),
    "frame": (hostile_frame, frame_faults),
    "answer": (hostile_answer, answer_faults),
}
"""What is sent: how it is made, and how it is tried."""


def faults_of(case: str) -> list[str]:
    """Return what is wrong with a case: its kind, a colon, and what the node sends."""
    kind, _, text = case.partition(":")
    began = time.monotonic()
    try:
        found = KINDS[kind][1](text)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return [f"{type(error).__name__}: {error}"[:200]]
    seconds = time.monotonic() - began
    return found if seconds < MAX_SECONDS else [*found, f"took {seconds:.1f} s"]


def run(seconds: float, seed: int, cases: Cases | None = None, *, kind: str = "", limit: int = 0) -> Result:
    """Hostile blocks, frames and answers by kinds, those that failed before first.

    Args:
        seconds: how long; what was begun is finished.
        seed: the same makes the same.
        cases: where failures are kept.
        kind: this kind alone; empty: each in turn.
        limit: cases at most; 0: as many as there is time for.
    """
    cases = cases or Cases(part="nodes")
    kinds = itertools.cycle([kind] if kind else list(KINDS))
    end = time.monotonic() + seconds

    def make(chance: random.Random) -> str:
        name = next(kinds)
        return f"{name}:{KINDS[name][0](chance)}"

    tried = 0
    for case in cases.inputs(make, seed):
        if faults := faults_of(case):
            cases.fail(case, "; ".join(faults))
        tried += 1
        if time.monotonic() > end or tried == limit:
            break
    return {"tried": tried, "failures": len(cases.failures)}
