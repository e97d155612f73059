"""What the chain keeps of a transaction that has landed: message and outcome, in no particular encoding.

`encodings` writes these values as RPC answers give them; `replay` reads recorded transactions into the same.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

import msgspec

Version: TypeAlias = Literal["legacy"] | int
Encoding: TypeAlias = Literal["json", "jsonParsed", "base64", "base58"]
Json: TypeAlias = Any

VOTE_PROGRAM = "Vote111111111111111111111111111111111111111"
MEMO_PROGRAMS = frozenset(
    {"MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"}
)


class Instruction(msgspec.Struct, frozen=True, gc=False):
    """One compiled instruction: indexes into the transaction's keys, and its data."""

    program: int
    accounts: tuple[int, ...]
    data: bytes
    depth: int | None = None


class Lookup(msgspec.Struct, frozen=True, gc=False):
    """Which addresses of one lookup table a version 0 message loads."""

    table: str
    writable: tuple[int, ...]
    readonly: tuple[int, ...]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message of any version, its static keys only."""

    version: Version
    header: tuple[int, int, int]
    """Required signatures, readonly signed, readonly unsigned."""
    keys: tuple[str, ...]
    blockhash: str
    instructions: tuple[Instruction, ...]
    lookups: tuple[Lookup, ...] | None = None
    config: Json = None
    """The compute budget of a version 1 message, as RPC answers write it."""

    def is_signer(self, index: int) -> bool:
        """Return whether the static key at `index` signs."""
        return index < self.header[0]

    def is_writable(self, index: int) -> bool:
        """Return whether the static key at `index` may be written."""
        signed, readonly_signed, readonly_unsigned = self.header
        if index < signed:
            return index < signed - readonly_signed
        return index < len(self.keys) - readonly_unsigned


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction did; token balances are in the shape of RPC answers."""

    err: Json
    fee: int
    pre_balances: list[int]
    post_balances: list[int]
    pre_tokens: list[Json] | None = None
    post_tokens: list[Json] | None = None
    inner: tuple[tuple[int, tuple[Instruction, ...]], ...] | None = None
    logs: list[str] | None = None
    units: int | None = None
    writable: tuple[str, ...] = ()
    readonly: tuple[str, ...] = ()
    return_data: Json = None
    rewards: list[Json] | None = None


class Owners(NamedTuple):
    """The owners of the token accounts of a transaction, which are not among its account keys."""

    named: frozenset[str]
    """All owners in its token balances."""
    changed: frozenset[str]
    """The owners whose balance it changed, or whose account it opened or closed."""


def owners_of(before: list[Json] | None, after: list[Json] | None) -> Owners:
    """The owners in preTokenBalances and postTokenBalances; old recordings name none."""
    rows = [{one["accountIndex"]: one for one in side or ()} for side in (before, after)]
    both = [(rows[0].get(index), rows[1].get(index)) for index in rows[0].keys() | rows[1].keys()]
    moved = [pair for pair in both if _amount(pair[0]) != _amount(pair[1])]
    return Owners(_named(both), _named(moved))


def _amount(row: Json) -> str | None:
    return row["uiTokenAmount"]["amount"] if row else None


def _named(pairs: list[tuple[Json, Json]]) -> frozenset[str]:
    return frozenset(row["owner"] for pair in pairs for row in pair if row and row.get("owner"))


class Body(Protocol):
    """Writes one transaction in the encodings of RPC answers."""

    def full(self, encoding: Encoding) -> tuple[Json, Json]:
        """`transaction` and `meta` as in getTransaction."""

    def accounts(self) -> tuple[Json, Json]:
        """`transaction` and `meta` as in getBlock with transactionDetails "accounts"."""


@dataclass(slots=True, eq=False, kw_only=True)
class LandedTransaction:
    """One transaction of one block: what it is found by, and its body."""

    signatures: tuple[str, ...]
    version: Version
    keys: tuple[str, ...]
    """Static keys, then loaded writable, then loaded readonly."""
    err: Json
    logs: list[str] | None
    memo: str | None
    is_vote: bool
    body: Body
    owners: Owners
    wire: bytes | None = None
    """The signed bytes; None: the transaction was replayed."""
    slot: int = -1
    index: int = -1
    key_set: frozenset[str] = frozenset()
    encoded: dict[str, Any] = field(default_factory=dict)
    """Encoded forms by name, kept until the block is finalized."""
    finalized: bool = False
    """Whether the block is finalized."""

    def __post_init__(self) -> None:
        """Make the set that filters look into."""
        self.key_set = frozenset(self.keys)

    def set_position(self, slot: int, index: int) -> None:
        """Note the block and the index at which the transaction stands."""
        self.slot, self.index = slot, index

    def finalize(self) -> None:
        """Drop the encoded forms, which are kept only while notifications are sent."""
        self.finalized = True
        self.encoded.clear()

    @property
    def signature(self) -> str:
        """The first signature, which identifies the transaction."""
        return self.signatures[0]


def memo_of(keys: tuple[str, ...], outcome: Outcome, message: Message) -> str | None:
    """All memos as getSignaturesForAddress joins them ("[5] hello; [2] hi"); None: there are none.

    Args:
        keys: all of the transaction, those of lookup tables behind the static ones.
        outcome: its inner calls may write memos, too.
        message: its instructions come first.
    """
    inner = [one for _, group in outcome.inner or () for one in group]
    found = [one.data for one in (*message.instructions, *inner) if keys[one.program] in MEMO_PROGRAMS]
    texts = [f"[{len(data)}] {data.decode(errors='replace')}" for data in found]
    return "; ".join(texts) or None


def is_vote(message: Message) -> bool:
    """Return whether this is a simple vote: one or two signatures, one instruction, to the vote program."""
    return len(message.instructions) == 1 and message.keys[message.instructions[0].program] == VOTE_PROGRAM
