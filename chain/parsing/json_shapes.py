"""The JSON of nodes as typed shapes that name only what is read. Nothing of it leaves the border.

JSON that is broken only inside of its texts is made whole: one bad byte loses one text, not a block.

Our own words are laid over the node's names while decoding (`field(name=...)`), so that no second
pass translates them. Every field that some year of the ledger lacks, or has as null, has a default.

Proxies that cut long logs leave half an emoji, or half an escape; some write control characters raw. Nothing
that is read for what a wallet did lies in such texts. What is broken otherwise stays broken.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from msgspec import DecodeError, Meta, Raw, Struct, field

MAX_INTEGER = 2**63 - 1
"""What PostgreSQL and a struct hold; above every slot and every sum of lamports there can be."""
MAX_AMOUNT = 2**64 - 1
"""What a token account can hold, in the smallest units."""
MAX_TIME = 4_102_444_800
"""The year 2100 in Unix seconds; what is above is in milliseconds, or made up."""
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
RawAmount = Annotated[int, Meta(ge=0)]
"""Up to 2^64 - 1, a bound that msgspec does not take: `chain.decoders.bounds` holds it."""
Decimals = Annotated[int, Meta(ge=0, le=255)]
Address = Annotated[str, Meta(min_length=32, max_length=44)]
"""By its length; of those that are kept the alphabet is read, too (`chain.decoders.bounds`)."""
Signature = Annotated[str, Meta(min_length=1, max_length=88)]
"""The same."""
ReadSignature = Annotated[str, Meta(pattern=r"\A[1-9A-HJ-NP-Za-km-z]{1,88}\Z")]
"""By its alphabet, too: where signatures come a few at a time, and are kept before they are looked up."""
ABSENT = Raw(b"")
NO_INDEX = 1 << 30
"""An index beyond the end of any list."""
BAD_JSON = (DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding foreign JSON may raise."""
_TEXT = re.compile(
    rb"(?P<good>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # both halves of a pair
    rb"|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"  # no half of a pair
    rb"|\\[\"\\/bfnrt])"
    rb"|\\u[0-9a-fA-F]{0,4}|\\|[\x00-\x1f]"
)
_UNREADABLE = rb"\ufffd"
T = TypeVar("T")


def explain(what: str, raw: bytes | Raw, error: Exception) -> str:
    """Why the JSON cannot be read, and where it goes wrong.

    Args:
        what: it should have been, for the text.
        raw: the JSON.
        error: that decoding raised.
    """
    data = bytes(raw)
    if data.strip() == b"null":
        return f"no {what}: the node answered null"
    if str(error).endswith("truncated"):
        return f"not a whole {what}: cut off after {len(data)} bytes"
    return f"not a {what}: {error}"


def plausible_time(seconds: int | None) -> int | None:
    """A block time; None: the node does not say it, or says what no clock of these years shows."""
    return seconds if seconds is not None and 0 <= seconds <= MAX_TIME else None


class Amount(Struct, frozen=True, gc=False):
    """An amount of a token: `{"amount":"2000000","decimals":6,"uiAmount":2.0}`; the raw number is a text."""

    raw: RawAmount = field(name="amount")
    decimals: Decimals | None = None


class TokenBalance(Struct, frozen=True, gc=False):
    """What one token account held before or after.

    `{"accountIndex":4,"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v","owner":"7w5g…",
    "uiTokenAmount":{"amount":"2000000","decimals":6}}`
    """

    account: Count = field(name="accountIndex")
    """The account's index among the transaction's keys."""
    mint: Address
    amount: Amount = field(name="uiTokenAmount")
    owner: str | None = None
    """None: the node does not say it (ledgers up to 2021)."""
    program: str | None = field(name="programId", default=None)
    """The token program; None: the node does not say it."""


class Instruction(Struct, frozen=True, gc=False):
    """Which program was called; what it was given is read only when asked for (`chain.parsing.calls`).

    `{"programIdIndex":9,"stackHeight":2}`; with `jsonParsed` `{"programId":"JUP6…","stackHeight":2}`
    """

    program_index: Count = field(name="programIdIndex", default=NO_INDEX)
    """The program's index among the transaction's keys."""
    program: str | None = field(name="programId", default=None)
    """Named by `jsonParsed` in place of its index."""
    depth: int | None = field(name="stackHeight", default=None)
    """1: called by the transaction itself; None: the node does not say it (before 2022)."""


class InnerCalls(Struct, frozen=True, gc=False):
    """What the programs called while one instruction ran, in order.

    `{"index":2,"instructions":[{"programIdIndex":9,"stackHeight":2}]}`
    """

    index: int
    """The index of that instruction in the transaction."""
    instructions: tuple[Instruction, ...]


class LoadedAddresses(Struct, frozen=True, gc=False):
    """Keys that the transaction took from look-up tables: `{"writable":["8sLb…"],"readonly":["So11…"]}`."""

    writable: tuple[str, ...] = ()
    readonly: tuple[str, ...] = ()


class Status(Struct, frozen=True, gc=False):
    """The older form of `err`: `{"Ok":null}` or `{"Err":"AccountInUse"}`."""

    err: Raw = field(name="Err", default=ABSENT)


class TransactionMeta(Struct, frozen=True, gc=False):
    """`meta`: what the transaction did.

    `{"err":null,"fee":5000,"preBalances":[9,1],"postBalances":[3,2],"preTokenBalances":[],
    "postTokenBalances":[],"innerInstructions":[],"loadedAddresses":{"writable":[],"readonly":[]}}`
    """

    fee: Count
    pre_lamports: tuple[Count, ...] = field(name="preBalances")
    post_lamports: tuple[Count, ...] = field(name="postBalances")
    err: Raw = ABSENT
    """What went wrong, in the node's words."""
    status: Status | None = None
    pre_tokens: tuple[TokenBalance, ...] | None = field(name="preTokenBalances", default=None)
    post_tokens: tuple[TokenBalance, ...] | None = field(name="postTokenBalances", default=None)
    inner: tuple[InnerCalls, ...] | None = field(name="innerInstructions", default=None)
    loaded: LoadedAddresses | None = field(name="loadedAddresses", default=None)


class Header(Struct, frozen=True, gc=False):
    """How many of the first keys have signed: `{"numRequiredSignatures":1}`."""

    signers: Annotated[int, Meta(ge=1)] = field(name="numRequiredSignatures")


class ParsedKey(Struct, frozen=True, gc=False):
    """A key as `jsonParsed` writes it, also one of a look-up table: `{"pubkey":"7w5g…","signer":true}`."""

    address: str = field(name="pubkey")
    signer: bool = False


class Message(Struct, frozen=True, gc=False):
    """What was signed.

    `{"accountKeys":["7w5g…","1111…"],"instructions":[],"header":{"numRequiredSignatures":1}}`
    """

    keys: tuple[str | ParsedKey, ...] = field(name="accountKeys")
    instructions: tuple[Instruction, ...] = ()
    header: Header | None = None
    """Absent in `jsonParsed`, which marks the signers among the keys."""


class Signed(Struct, frozen=True, gc=False):
    """A transaction as JSON; in a notification one level deeper, with its `meta` beside it.

    `{"signatures":["26LC…"],"message":{"accountKeys":["7w5g…"]}}`, or `{"transaction":["AQID…","base64"]}`
    """

    signatures: tuple[Signature, ...] = ()
    message: Message | None = None
    keys: tuple[str | ParsedKey, ...] | None = field(name="accountKeys", default=None)
    """In place of the message where only `accounts` was asked for."""
    transaction: "Signed | tuple[str, ...] | str | None" = None
    meta: TransactionMeta | None = None
    version: int | str | None = None


class TransactionWithMeta(Struct, frozen=True, gc=False):
    """A transaction with what it did, as getTransaction, getBlock or a notification gives it.

    `{"slot":341220118,"blockTime":1700000000,"version":0,"transaction":["AQID…","base64"],"meta":null}`
    """

    transaction: Signed | tuple[str, ...] | str | None = None
    meta: TransactionMeta | None = None
    version: int | str | None = None
    slot: Count | None = None
    block_time: int | None = field(name="blockTime", default=None)
    position: Count | None = field(name="transactionIndex", default=None)
    signature: Signature | None = None
    """Beside the transaction in a notification."""
    result: Raw = ABSENT
    """Present where the whole answer of a node was given."""
    params: Raw = ABSENT
    """Present where a whole notification was given."""


def mended(raw: bytes | bytearray | Raw) -> bytes:
    """The same JSON: bad escapes, halves of pairs and bad bytes are U+FFFD, control characters are spaces."""
    data = bytes(raw)
    try:
        data.decode()
    except UnicodeDecodeError:
        data = data.decode("utf-8", "replace").encode()
    return _TEXT.sub(_replacement, data)


def _replacement(match: "re.Match[bytes]") -> bytes:
    good = match["good"]
    if good is not None:
        return bytes(good)
    return _UNREADABLE if match[0].startswith(b"\\") else b" "


def decode_mending(decode: Callable[[Any], T], raw: bytes | bytearray | Raw) -> T:
    """Return what `decode` makes of `raw`, or of `raw` mended where it cannot be read as it is.

    Raises:
        json_shapes.BAD_JSON: by `decode`, where it cannot be read either way.
    """
    try:
        return decode(raw)
    except BAD_JSON:
        whole = mended(raw)
        if whole == bytes(raw):
            raise
        return decode(whole)
