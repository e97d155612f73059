"""The accounts of one scan, each read once; what will be wanted later is read with what is wanted first."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chain.rpc.accounts import BATCH, Account
from chain.scans.node import NotAnswered, ScanNode


class SharedReads:
    """A node for one scan, whose answers are all of one moment.

    Args:
        node: whom to ask.
        extra: accounts that are read with the first others, as far as one question has room for them.
    """

    def __init__(self, node: ScanNode, *, extra: Sequence[str]) -> None:
        self._node = node
        self._extra = list(dict.fromkeys(extra))
        self._read: dict[str, Account | None] = {}

    @property
    def left(self) -> int:
        """How many questions may still be asked."""
        return self._node.left

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        """The accounts; those that were read already are not asked for again."""
        missing = [address for address in dict.fromkeys(addresses) if address not in self._read]
        if missing:
            extra, self._extra = self._extra, []  # once: if they are too much, the others come without
            room = max(0, BATCH - len(missing))
            more = [address for address in extra if address not in missing]
            self._read |= await self._node.accounts([*missing, *more[:room]])
        return {address: self._read[address] for address in addresses if address in self._read}

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        """The `result` of a method."""
        return await self._node.ask(method, params)

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        """The `result` of a method for each of these."""
        return await self._node.ask_many(method, params)
