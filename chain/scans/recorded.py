"""Recorded answers of nodes as a node: for scans without one. What is not recorded is not known.

A file is an answer (`{"jsonrpc": …, "result": …}`), one with its question (`{"request": …, "response": …}`),
an account alone (`{"data": …, "owner": …}`), or a value (`{"value": …}`). Where the question is not in the
file, its name says it: `METHOD_ADDRESS….json`, or any name with an address. Of several the newest counts.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import base58
import msgspec

from chain.decoders.bounds import is_address
from chain.rpc.accounts import Account
from chain.scans.node import NotAnswered
from domain.security.mints import TOKEN_PROGRAMS
from domain.sentences import sentence

NOT_RECORDED = sentence("it is not recorded")
_ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_METHOD = re.compile(r"get[A-Z][A-Za-z]+")
_ACCOUNT_METHODS = {None, "getAccountInfo", "getMultipleAccounts"}
"""Whose `null` means that there is no account; None: the file does not say what was asked."""
_KEY = 32
_MANY = 1_000


class RecordedNode:
    """The answers in a folder.

    Args:
        folder: with files as described above; others are skipped.

    Raises:
        OSError: the folder cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._accounts: dict[str, Account | None] = {}
        self._slots: dict[str, int] = {}
        self._answers: dict[tuple[str, str], Any] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix == ".json":
                self._take(path)

    @property
    def left(self) -> int:
        """As many as somebody may want: no node is asked."""
        return _MANY

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        """The accounts that are recorded, of these."""
        return {address: self._accounts[address] for address in addresses if address in self._accounts}

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        """Return what was answered to this method about the same subject.

        Raises:
            NotAnswered: it is not recorded.
        """
        answer = self._answers.get((method, _subject(params)))
        if answer is None and method == "getProgramAccounts":
            answer = self._owned(*params)
        if answer is None:
            raise NotAnswered(NOT_RECORDED)
        return msgspec.Raw(msgspec.json.encode(answer))

    def _owned(self, program: str, config: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """Accounts of the program that are recorded each alone; None: none is, or there may be many more."""
        if program in TOKEN_PROGRAMS:
            return None
        known = [one for one in self._accounts.values() if one is not None and one.owner == program]
        wanted = [
            (one["memcmp"]["offset"], base58.b58decode(one["memcmp"]["bytes"])) for one in config["filters"]
        ]
        part = config.get("dataSlice", {"offset": 0, "length": None})
        found = [one for one in known if all(one.data[at:].startswith(bytes_) for at, bytes_ in wanted)]
        return [_listed(one, part["offset"], part["length"]) for one in found] or None

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        """The same for each of these."""
        return [await self._answer_or_error(method, one) for one in params]

    async def _answer_or_error(self, method: str, params: Sequence[Any]) -> msgspec.Raw | NotAnswered:
        try:
            return await self.ask(method, params)
        except NotAnswered as error:
            return error

    def _take(self, path: Path) -> None:
        try:
            content = msgspec.json.decode(path.read_bytes())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if not isinstance(content, dict):
            return
        method, subjects, answer = _question_and_answer(path.name, content)
        result = answer.get("result") if isinstance(answer.get("result"), dict | list) else None
        if method is not None and subjects and answer.get("result") is not None:
            self._answers.setdefault((method, subjects[0]), answer["result"])
        slot, values = _values(result if isinstance(result, dict) else answer)
        for address, value in _named(subjects, values):
            if value is not None or method in _ACCOUNT_METHODS:
                self._keep(address, value, slot)

    def _keep(self, address: str, value: Any, slot: int) -> None:
        if slot < self._slots.get(address, -1):
            return
        if value is None:
            self._accounts[address], self._slots[address] = None, slot
        elif isinstance(value, dict) and (account := _account(address, value, slot)) is not None:
            self._accounts[address], self._slots[address] = account, slot


def _subject(params: Sequence[Any]) -> str:
    return str(params[0]) if params else ""


def _listed(account: Account, begin: int, length: int | None) -> dict[str, Any]:
    data = account.data[begin : None if length is None else begin + length]
    return {
        "pubkey": account.address,
        "account": {
            "owner": account.owner,
            "lamports": account.lamports,
            "executable": account.executable,
            "data": [base64.b64encode(data).decode(), "base64"],
        },
    }


def _question_and_answer(name: str, content: dict[str, Any]) -> tuple[str | None, list[str], dict[str, Any]]:
    """The method, what it was asked about, and the answer."""
    request, response = content.get("request"), content.get("response")
    if isinstance(request, dict) and isinstance(response, dict):
        params = request.get("params")
        first = params[0] if isinstance(params, list) and params else ""
        subjects = [one for one in (first if isinstance(first, list) else [first]) if isinstance(one, str)]
        method = request.get("method")
        return method if isinstance(method, str) else None, subjects, response
    found = _METHOD.match(name)
    subjects = [word for word in _ADDRESS.findall(name) if is_address(word)]
    return found.group() if found else None, subjects[:1], content


def _values(result: dict[str, Any]) -> tuple[int, list[Any]]:
    """The slot, and the accounts in the order in which they were asked for; `None` stands for no account."""
    context = result.get("context")
    slot = context.get("slot") if isinstance(context, dict) else 0
    if "value" in result:
        value = result["value"]
        values = value if isinstance(value, list) else [value]
    else:
        values = [result] if "owner" in result and "data" in result else []
    return slot if isinstance(slot, int) else 0, values


def _named(subjects: Sequence[str], values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Each account with its address: its own, if it has one, else that which was asked for."""
    is_whole = len(subjects) == len(values)
    for at, value in enumerate(values):
        own = _text_of_key(value.get("pubkey")) if isinstance(value, dict) else None
        if own is not None:
            yield own, value.get("account", value)
        elif is_whole and (value is None or isinstance(value, dict)):
            yield subjects[at], value


def _account(address: str, value: dict[str, Any], slot: int) -> Account | None:
    """An account in any of the forms; None: it has none that can be read, such as parsed data."""
    data, owner = _data(value.get("data")), _text_of_key(value.get("owner"))
    lamports = value.get("lamports", 0)
    if data is None or owner is None or not isinstance(lamports, int):
        return None
    return Account(
        address=address,
        owner=owner,
        executable=bool(value.get("executable", False)),
        lamports=lamports,
        data=data,
        slot=slot,
    )


def _data(value: Any) -> bytes | None:
    try:
        match value:
            case [str(text), "base64"]:
                return base64.b64decode(text, validate=True)
            case [str(text), "base58"]:
                return base58.b58decode(text)
            case [*numbers]:
                return bytes(numbers)
    except (ValueError, TypeError, binascii.Error):
        return None
    return None


def _text_of_key(value: Any) -> str | None:
    """An address, written as text or as its bytes."""
    if isinstance(value, str):
        return value if is_address(value) else None
    if isinstance(value, list) and len(value) == _KEY:
        raw = _data(value)
        return None if raw is None else base58.b58encode(raw).decode()
    return None
