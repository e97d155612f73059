"""A node that answers a scan from tables, and bytes of accounts, for tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import base58
import msgspec

from chain.rpc.accounts import Account
from chain.scans.node import NotAnswered
from domain.security.mints import TOKEN_PROGRAM
from domain.sentences import sentence

REFUSED = "the node refuses this method"


class TableNode:
    """Answers from tables, by address and by method; what is in none is refused. It notes the questions."""

    def __init__(
        self,
        accounts: Mapping[str, Account | None] | None = None,
        answers: Mapping[str, Any] | None = None,
        *,
        fails_at: int | None = None,
    ) -> None:
        """Keep the tables; `fails_at`: which question for accounts is refused, the first being number one."""
        self._fails_at = fails_at
        self._accounts = accounts
        self._answers = answers or {}
        self.asked: list[str] = []

    @property
    def left(self) -> int:
        return 1_000

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        self.asked.append("getMultipleAccounts")
        if self._accounts is None or self.asked.count("getMultipleAccounts") == self._fails_at:
            raise NotAnswered(sentence(REFUSED))
        return {address: self._accounts.get(address) for address in addresses}

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        self.asked.append(method)
        if method not in self._answers:
            raise NotAnswered(sentence(REFUSED))
        found = self._answers[method]
        return msgspec.Raw(msgspec.json.encode(found(params) if callable(found) else found))

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        answers: list[msgspec.Raw | NotAnswered] = []
        for one in params:
            try:
                answers.append(await self.ask(method, one))
            except NotAnswered as error:
                answers.append(error)
        return answers


def account(address: str, data: bytes, owner: str = TOKEN_PROGRAM) -> Account:
    return Account(address=address, owner=owner, executable=False, lamports=1, data=data, slot=9)


def token_account(mint: str, owner: str, raw: int, *, frozen: bool = False) -> bytes:
    """The bytes of a token account."""
    data = bytearray(165)
    data[:32], data[32:64] = base58.b58decode(mint), base58.b58decode(owner)
    data[64:72] = raw.to_bytes(8, "little")
    data[108] = 2 if frozen else 1
    return bytes(data)
