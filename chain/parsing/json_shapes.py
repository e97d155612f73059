"""The JSON of nodes as typed shapes that name only what is read. Nothing of it leaves the border.

Our own words are laid over the node's names while decoding (`field(name=...)`), so that no second
pass translates them. Every field that some year of the ledger lacks, or has as null, has a default.
"""

from typing import Annotated, Any

from msgspec import DecodeError, Meta, Raw, Struct, field

Count = Annotated[int, Meta(ge=0)]
ABSENT = Raw(b"")
NOWHERE = 1 << 30
"""A place beyond any list."""

BAD_JSON = (DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding foreign JSON may raise."""


def complaint(what: str, raw: bytes | Raw, error: Exception) -> str:
    """Why `raw` is not `what`, and where it goes wrong."""
    data = bytes(raw)
    if data.strip() == b"null":
        return f"no {what}: the node answered null"
    if str(error).endswith("truncated"):
        return f"not a whole {what}: cut off after {len(data)} bytes"
    return f"not a {what}: {error}"


class Amount(Struct, frozen=True, gc=False):
    """An amount of a token: the node writes the raw number as text."""

    raw: Count = field(name="amount")
    decimals: int | None = None


class TokenBalance(Struct, frozen=True, gc=False):
    """What one token account held before or after."""

    account: Count = field(name="accountIndex")
    """The account's place among the transaction's keys."""
    mint: str
    amount: Amount = field(name="uiTokenAmount")
    owner: str | None = None
    """None: the node did not say (ledgers up to 2021)."""


class Instruction(Struct, frozen=True, gc=False):
    """Which program was called; what it was told is read only when asked for (`chain.parsing.calls`)."""

    program_index: Count = field(name="programIdIndex", default=NOWHERE)
    """The program's place among the transaction's keys."""
    program: str | None = field(name="programId", default=None)
    """Named by `jsonParsed` in place of its index."""
    depth: int | None = field(name="stackHeight", default=None)
    """1: called by the transaction itself; None: the node did not say (before 2022)."""


class InnerCalls(Struct, frozen=True, gc=False):
    """What the programs called in their turn while one instruction ran, in order."""

    index: int
    """The place of that instruction in the transaction."""
    instructions: tuple[Instruction, ...]


class LoadedAddresses(Struct, frozen=True, gc=False):
    """Keys that the transaction took from look-up tables."""

    writable: tuple[str, ...] = ()
    readonly: tuple[str, ...] = ()


class Outcome(Struct, frozen=True, gc=False):
    """`meta`: what the transaction did."""

    fee: Count
    pre_lamports: tuple[int, ...] = field(name="preBalances")
    post_lamports: tuple[int, ...] = field(name="postBalances")
    err: Any = None
    """What went wrong, in the node's words."""
    status: dict[str, Any] | None = None
    """The older way to say `err`: {"Ok": null} or {"Err": ...}."""
    pre_tokens: tuple[TokenBalance, ...] | None = field(name="preTokenBalances", default=None)
    post_tokens: tuple[TokenBalance, ...] | None = field(name="postTokenBalances", default=None)
    inner: tuple[InnerCalls, ...] | None = field(name="innerInstructions", default=None)
    loaded: LoadedAddresses | None = field(name="loadedAddresses", default=None)


class Header(Struct, frozen=True, gc=False):
    """How many of the first keys have signed."""

    signers: Annotated[int, Meta(ge=1)] = field(name="numRequiredSignatures")


class ParsedKey(Struct, frozen=True, gc=False):
    """A key as `jsonParsed` writes it; keys from look-up tables are among them."""

    address: str = field(name="pubkey")
    signer: bool = False


class Message(Struct, frozen=True, gc=False):
    """What was signed."""

    keys: tuple[str | ParsedKey, ...] = field(name="accountKeys")
    instructions: tuple[Instruction, ...] = ()
    header: Header | None = None
    """Absent in `jsonParsed`, which marks the signers among the keys."""


class Signed(Struct, frozen=True, gc=False):
    """A transaction as JSON; in a notification one level deeper, with its outcome beside it."""

    signatures: tuple[str, ...] = ()
    message: Message | None = None
    keys: tuple[str | ParsedKey, ...] | None = field(name="accountKeys", default=None)
    """In place of the message where only `accounts` was asked for."""
    transaction: "Signed | tuple[str, ...] | str | None" = None
    meta: Outcome | None = None
    version: int | str | None = None


class Envelope(Struct, frozen=True, gc=False):
    """A transaction with its outcome, as getTransaction, getBlock or a notification gives it."""

    transaction: Signed | tuple[str, ...] | str | None = None
    meta: Outcome | None = None
    version: int | str | None = None
    slot: Count | None = None
    block_time: int | None = field(name="blockTime", default=None)
    position: Count | None = field(name="transactionIndex", default=None)
    signature: str | None = None
    """Beside the transaction in a notification."""
    result: Raw = ABSENT
    """Present where the whole answer of a node was given."""
    params: Raw = ABSENT
    """Present where a whole notification was given."""
