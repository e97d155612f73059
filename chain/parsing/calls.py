"""What each program was given: accounts and data of each call, read from a transaction a second time. Pure.

Converting a whole text costs the square of its length; what an instruction does is said by its first bytes.

Most transactions are understood from their balances and the names of the programs alone, so that the
first reading leaves this out.
"""

from collections.abc import Sequence
from functools import cache
from operator import mul

import msgspec
from msgspec import Raw, Struct, field

from chain.parsing import binary_form, json_shapes
from chain.parsing.transaction import UNKNOWN, Transaction
from domain.errors import Undecodable

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_NO_DIGIT = 255
_VALUES = bytes([_ALPHABET.find(byte) & _NO_DIGIT for byte in range(256)])
"""Of each character; `_NO_DIGIT`: it has none."""
_BASE = 58
_STEP = 10
"""Digits taken at once: as many as a machine word holds."""
_WEIGHTS = tuple([_BASE**power for power in reversed(range(_STEP))])
_SCALE = _BASE**_STEP
_DIGITS_READ = 20
"""Digits read at first: they settle 14 bytes, but for one text in a million millions."""
_MAX_LENGTH = 4096
"""Characters; instruction data is below 1,300 bytes before v1 and below 4,096 after."""


def prefix(text: str, count: int) -> bytes:
    """The first `count` (up to 8) bytes, filled with zeros; all zeros where `text` is no base58."""
    try:
        return _prefix(text, count).ljust(count, b"\0")
    except (KeyError, ValueError):
        return bytes(count)


def decode(text: str) -> bytes:
    """All bytes behind `text`; in time that grows with the square of its length.

    Raises:
        KeyError: it is no base58.
    """
    value = _number(text)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def _number(text: str) -> int:
    values = text.encode("ascii", "replace").translate(_VALUES)
    if _NO_DIGIT in values:
        raise KeyError(text)
    first = len(values) % _STEP
    number: int = sum(map(mul, values[:first], _WEIGHTS[_STEP - first :]))
    for at in range(first, len(values), _STEP):
        number = number * _SCALE + sum(map(mul, values[at : at + _STEP], _WEIGHTS))
    return number


def _prefix(text: str, count: int) -> bytes:
    length = len(text)
    if length <= _DIGITS_READ or length > _MAX_LENGTH or text[0] == "1":
        return decode(text[:_MAX_LENGTH])[:count]
    value = _number(text[:_DIGITS_READ])
    scale = _power(length - _DIGITS_READ)
    low, high = value * scale, (value + 1) * scale - 1  # whatever the other digits are, it lies between these
    shift = ((low.bit_length() + 7) & ~7) - 8 * count
    if low >> shift == high >> shift and shift >= 0:
        return (low >> shift).to_bytes(count, "big")
    return decode(text)[:count]


@cache
def _power(digits: int) -> int:
    return int(_BASE**digits)


class Call(Struct, kw_only=True, gc=False):
    """One call of a program; nobody changes it."""

    program: str
    depth: int
    """1: called by the transaction itself."""
    accounts: tuple[str, ...]
    """What the program was given, as far as the node says it."""
    parsed: str | None
    """What the node calls the instruction, where it has parsed it."""
    encoded: bytes | str | None = None
    """All of its data, in binary or base58."""
    source: Raw = json_shapes.ABSENT
    """The node's JSON, where it has parsed the instruction; `details_of` reads it."""
    known_prefix: bytes | None = None
    """What `prefix` gives, once it has been read: of most programs nobody asks for it."""
    known_data: bytes | None = None
    """What `data` gives, once it has been read."""

    @property
    def prefix(self) -> bytes:
        """The first eight bytes of its data, filled with zeros; empty: no data, or parsed by the node."""
        if self.known_prefix is None:
            self.known_prefix = self._first_bytes()
        return self.known_prefix

    @property
    def data(self) -> bytes:
        """All bytes that the program was given; empty where there are none, or they are no base58."""
        if self.known_data is None:
            self.known_data = _bytes_in(self.encoded)
        return self.known_data

    def _first_bytes(self) -> bytes:
        encoded = self.encoded
        if not encoded:
            return b""
        if isinstance(encoded, str) and len(encoded) > _DIGITS_READ:
            return prefix(encoded, _PREFIX_BYTES)
        return self.data[:_PREFIX_BYTES].ljust(_PREFIX_BYTES, b"\0")


class _Instruction(json_shapes.Instruction, frozen=True, gc=False):
    """`{"programIdIndex":9,"accounts":[0,3],"data":"3Bxs4h24hBtQy9rw","stackHeight":1}`.

    With `jsonParsed`: `{"programId":"1111…","parsed":{"type":"transfer","info":{}}}`.
    """

    accounts: tuple[json_shapes.Count | str, ...] = ()
    data: str | None = None
    parsed: Raw = json_shapes.ABSENT


class _Inner(Struct, frozen=True, gc=False):
    """`{"index":2,"instructions":[{"programIdIndex":9,"accounts":[0,3],"data":"3Bxs4h24hBtQy9rw"}]}`."""

    index: int
    instructions: tuple[_Instruction, ...]


class _Meta(Struct, frozen=True, gc=False):
    """`{"innerInstructions":[{"index":2,"instructions":[]}]}`, of a transaction's `meta`."""

    inner: tuple[_Inner, ...] | None = field(name="innerInstructions", default=None)


class _Message(Struct, frozen=True, gc=False):
    """`{"instructions":[{"programIdIndex":9,"accounts":[0,3],"data":"3Bxs4h24hBtQy9rw"}]}`."""

    instructions: tuple[_Instruction, ...] = ()


class _Signed(Struct, frozen=True, gc=False):
    """`{"message":{"instructions":[]}}`; in a notification `{"transaction":{"message":{}},"meta":{}}`."""

    message: _Message | None = None
    transaction: "_Signed | tuple[str, ...] | str | None" = None
    meta: _Meta | None = None


class _TransactionWithMeta(Struct, frozen=True, gc=False):
    """`{"transaction":{"message":{}},"meta":{}}`, or `{"transaction":["AQID…","base64"],"meta":{}}`."""

    transaction: _Signed | tuple[str, ...] | str | None = None
    meta: _Meta | None = None


class _Parsed(Struct):
    """`{"type":"transfer","info":{}}`."""

    type: str = ""


class Details(Struct, frozen=True, gc=False):
    """What a parsed instruction of the system or a token program says, as far as it moves anything.

    `{"source":"7w5g…","destination":"9un5…","lamports":5000}`
    """

    source: str = ""
    destination: str = ""
    account: str = ""
    new_account: str = field(name="newAccount", default="")
    mint: str = ""
    owner: str = ""
    """Of a new token account; the program of a new account."""
    lamports: int = 0
    amount: int = 0
    token_amount: json_shapes.Amount | None = field(name="tokenAmount", default=None)


class _Detailed(Struct, frozen=True, gc=False):
    """`{"type":"transfer","info":{"source":"7w5g…","destination":"9un5…","lamports":5000}}`."""

    info: Details = field(default_factory=Details)


_decode = msgspec.json.Decoder(_TransactionWithMeta, strict=False).decode
_decode_parsed = msgspec.json.Decoder(_Parsed).decode
_decode_details = msgspec.json.Decoder(_Detailed, strict=False).decode
_PREFIX_BYTES = 8
_MAX_TEXT = 8192
"""Characters of base58; instruction data is below 4,096 bytes in every version."""


def calls_of(transaction: Transaction) -> list[Call]:
    """Every call, of the transaction and of the programs, in the order in which they ran.

    Raises:
        Undecodable: the calls cannot be understood, though the balances could.
    """
    try:
        whole = _decode(transaction.source)
    except json_shapes.BAD_JSON as error:
        raise Undecodable(f"calls that cannot be understood: {error}") from error
    signed, meta = whole.transaction, whole.meta
    if isinstance(signed, _Signed) and signed.transaction is not None:
        meta, signed = signed.meta or meta, signed.transaction
    inner = {group.index: group.instructions for group in (meta.inner if meta else None) or ()}
    calls: list[Call] = []
    for at, outer in enumerate(_outer(signed, transaction)):
        calls.append(outer)
        calls += [_call(one, transaction, one.depth or 2) for one in inner.get(at, ())]
    return calls


def _outer(signed: _Signed | tuple[str, ...] | str | None, transaction: Transaction) -> list[Call]:
    if isinstance(signed, _Signed):
        return [_call(one, transaction, 1) for one in signed.message.instructions] if signed.message else []
    calls = binary_form.read_binary(signed).calls if signed is not None else ()
    return [
        Call(
            program=_key(transaction, instruction.program_index),
            depth=1,
            accounts=_accounts(transaction, accounts),
            parsed=None,
            encoded=data,
        )
        for instruction, (accounts, data) in zip(transaction.instructions, calls, strict=True)
    ]


def _call(one: _Instruction, transaction: Transaction, depth: int) -> Call:
    return Call(
        program=one.program or _key(transaction, one.program_index),
        depth=depth,
        accounts=_accounts(transaction, one.accounts),
        parsed=_parsed_type(one.parsed) if one.parsed else None,
        encoded=one.data,
        source=one.parsed,
    )


def _accounts(transaction: Transaction, accounts: Sequence[int | str]) -> tuple[str, ...]:
    try:
        return tuple(map(transaction.keys.__getitem__, accounts))  # type: ignore[arg-type]  # a text raises
    except (IndexError, TypeError):  # an account that there is not, or that is named
        return tuple([one if isinstance(one, str) else _key(transaction, one) for one in accounts])


def _bytes_in(encoded: bytes | str | None) -> bytes:
    if not isinstance(encoded, str):
        return encoded or b""
    try:
        return decode(encoded[:_MAX_TEXT])
    except KeyError:
        return b""


def details_of(call: Call) -> Details:
    """What the node says of an instruction that it has parsed; nothing where it did not, or says it oddly."""
    try:
        return _decode_details(call.source).info if call.source else Details()
    except json_shapes.BAD_JSON:
        return Details()


def _key(transaction: Transaction, index: int) -> str:
    return transaction.keys[index] if index < len(transaction.keys) else UNKNOWN


def _parsed_type(raw: Raw) -> str:
    try:
        return _decode_parsed(raw).type
    except json_shapes.BAD_JSON:  # a memo's parsed form is a bare text
        return ""
