"""A first look at a transaction: whom it may touch, and nothing else, so that most need no second."""

from collections.abc import Container, Iterable
from typing import cast

import msgspec
from msgspec import Raw, Struct, field

from chain import packed, wire
from chain.watched import WatchedWallets
from domain.errors import Undecodable


class _Owner(Struct, frozen=True, gc=False):
    owner: str | None = None


class _Outcome(Struct, frozen=True, gc=False):
    pre_tokens: tuple[_Owner, ...] | None = field(name="preTokenBalances", default=None)
    post_tokens: tuple[_Owner, ...] | None = field(name="postTokenBalances", default=None)
    loaded: wire.LoadedAddresses | None = field(name="loadedAddresses", default=None)


class _Message(Struct, frozen=True, gc=False):
    keys: tuple[str | wire.ParsedKey, ...] = field(name="accountKeys")


class _Signed(Struct, frozen=True, gc=False):
    message: _Message | None = None
    keys: tuple[str | wire.ParsedKey, ...] | None = field(name="accountKeys", default=None)


class Glimpse(Struct, frozen=True, gc=False):
    """Of a transaction only whom it touches."""

    transaction: _Signed | tuple[str, ...] | str
    meta: _Outcome | None = None


_glimpse = msgspec.json.Decoder(Glimpse).decode


def glimpse(raw: Raw) -> Glimpse:
    """Whom the transaction in `raw` names.

    Raises:
        Undecodable: it is no transaction.
    """
    try:
        return _glimpse(raw)
    except wire.BAD_JSON as error:
        raise Undecodable(wire.complaint("transaction", raw, error)) from error


def may_touch(glimpse: Glimpse, watched: Container[str]) -> bool:
    """Whether a watched wallet may be named; a no is certain."""
    return _keys_may_touch(glimpse.transaction, watched) or (
        glimpse.meta is not None and _meets(_named(glimpse.meta), watched)
    )


def _keys_may_touch(signed: _Signed | tuple[str, ...] | str, watched: Container[str]) -> bool:
    if isinstance(signed, _Signed):
        keys = signed.message.keys if signed.message is not None else signed.keys or ()
        return _meets(_addresses(keys), watched)
    binary = packed.keys(signed)
    if binary is None:
        return True
    if isinstance(watched, WatchedWallets):
        return watched.may_meet_packed(binary)
    return _meets(packed.addresses(binary), watched)


def _addresses(keys: tuple[str | wire.ParsedKey, ...]) -> Iterable[str]:
    if wire.ParsedKey in map(type, keys):
        return [key if isinstance(key, str) else key.address for key in keys]
    return cast("tuple[str, ...]", keys)


def _named(meta: _Outcome) -> list[str | None]:
    """The owners of token accounts and the keys from look-up tables."""
    named = [balance.owner for balance in meta.pre_tokens] if meta.pre_tokens else []
    if meta.post_tokens:
        named += [balance.owner for balance in meta.post_tokens]
    if meta.loaded is not None:
        named += meta.loaded.writable
        named += meta.loaded.readonly
    return named


def _meets(addresses: Iterable[str | None], watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.meets(addresses)
    return any(address in watched for address in addresses)
