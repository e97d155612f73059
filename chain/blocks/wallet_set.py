"""The watched wallets, kept so that a block is compared with a million of them. Pure."""

import sys
from collections.abc import Iterable, Iterator

from solders.pubkey import Pubkey

KEY_BYTES = 32
_WORDS = KEY_BYTES // 8
_COMPARED = 1
"""Binary keys are compared by this 64-bit word first: several sysvars share word 0."""


class WatchedWallets:
    """A set of addresses that can be compared with binary keys, too. It takes about 200 bytes a wallet."""

    __slots__ = ("_addresses", "_words")

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._addresses: set[str] = set()
        self._words: dict[int, int] = {}
        for address in addresses:
            self.add(address)

    def __contains__(self, address: object) -> bool:
        return address in self._addresses

    def __len__(self) -> int:
        return len(self._addresses)

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def add(self, address: str) -> None:
        """Watch `address`.

        Raises:
            ValueError: it is no address.
        """
        if address not in self._addresses:
            word = _word(address)
            self._addresses.add(address)
            self._words[word] = self._words.get(word, 0) + 1

    def discard(self, address: str) -> None:
        """Watch `address` no longer."""
        if address in self._addresses:
            self._addresses.discard(address)
            word = _word(address)
            others = self._words.pop(word) - 1
            if others:
                self._words[word] = others

    def contains_any(self, addresses: Iterable[str]) -> bool:
        """Whether one of `addresses` is watched."""
        return not self._addresses.isdisjoint(addresses)

    def may_contain_any_key(self, keys: bytes) -> bool:
        """Whether one of the 32-byte keys in `keys` may be watched; a no is certain."""
        return not self._words.keys().isdisjoint(_compared(keys))

    def among(self, addresses: Iterable[str | None]) -> set[str]:
        """Which of `addresses` are watched; a missing one is not."""
        return self._addresses.intersection(addresses)

    def keys_among(self, keys: bytes) -> list[int]:
        """Which of the 32-byte keys in `keys` may be watched, by their position; what is missing is not."""
        words = _compared(keys)
        found = self._words.keys() & words
        return [position for position, word in enumerate(words) if word in found] if found else []


def _compared(keys: bytes) -> list[int]:
    return memoryview(keys).cast("Q")[_COMPARED::_WORDS].tolist()


def _word(address: str) -> int:
    key = bytes(Pubkey.from_string(address))
    return int.from_bytes(key[8 * _COMPARED : 8 * _COMPARED + 8], sys.byteorder)
