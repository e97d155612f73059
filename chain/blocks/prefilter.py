"""A first look at a transaction: whom it may touch, and nothing else, so that most need no second."""

from collections.abc import Container, Iterable
from typing import cast

import msgspec
from msgspec import Raw, Struct, field

from chain.blocks.wallet_set import WatchedWallets
from chain.parsing import binary_form, json_shapes
from domain.errors import Undecodable


class _Owner(Struct, frozen=True, gc=False):
    owner: str | None = None


class _Outcome(Struct, frozen=True, gc=False):
    pre_tokens: tuple[_Owner, ...] | None = field(name="preTokenBalances", default=None)
    post_tokens: tuple[_Owner, ...] | None = field(name="postTokenBalances", default=None)
    loaded: json_shapes.LoadedAddresses | None = field(name="loadedAddresses", default=None)


class _Message(Struct, frozen=True, gc=False):
    keys: tuple[str | json_shapes.ParsedKey, ...] = field(name="accountKeys")


class _Signed(Struct, frozen=True, gc=False):
    message: _Message | None = None
    keys: tuple[str | json_shapes.ParsedKey, ...] | None = field(name="accountKeys", default=None)


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
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.complaint("transaction", raw, error)) from error


def may_touch(glimpses: Iterable[Glimpse], watched: Container[str]) -> bool:
    """Whether one of the transactions may name a watched wallet; a no is certain.

    All names are gathered first and compared at once: that is what makes a block cheap.
    """
    names: list[str | json_shapes.ParsedKey | None] = []
    packed_keys: list[bytes] = []
    for seen in glimpses:
        signed, meta = seen.transaction, seen.meta
        if isinstance(signed, _Signed):
            names += signed.message.keys if signed.message is not None else signed.keys or ()
        else:
            keys = binary_form.keys(signed)
            if keys is None:
                return True
            packed_keys.append(keys)
        if meta is not None:
            _add_named(names, meta)
    return _meets(_plain(names), watched) or _meets_packed(b"".join(packed_keys), watched)


def named(seen: Glimpse, watched: WatchedWallets) -> tuple[str, ...] | None:
    """The watched wallets that one transaction names; None: it takes more than a glimpse to tell."""
    if not isinstance(seen.transaction, _Signed):
        return None if may_touch((seen,), watched) else ()
    message = seen.transaction.message
    names: list[str | json_shapes.ParsedKey | None] = [
        *(message.keys if message is not None else seen.transaction.keys or ())
    ]
    if seen.meta is not None:
        _add_named(names, seen.meta)
    plain = _plain(names)
    if not watched.meets(plain):
        return ()
    return tuple(dict.fromkeys(name for name in plain if name in watched and name is not None))


def _add_named(names: list[str | json_shapes.ParsedKey | None], meta: _Outcome) -> None:
    """Add the owners of token accounts and the keys from look-up tables."""
    if meta.pre_tokens:
        names += [balance.owner for balance in meta.pre_tokens]
    if meta.post_tokens:
        names += [balance.owner for balance in meta.post_tokens]
    if meta.loaded is not None:
        names += meta.loaded.writable
        names += meta.loaded.readonly


def _plain(names: list[str | json_shapes.ParsedKey | None]) -> list[str | None]:
    if json_shapes.ParsedKey in map(type, names):
        return [name.address if isinstance(name, json_shapes.ParsedKey) else name for name in names]
    return cast("list[str | None]", names)


def _meets(names: list[str | None], watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.meets(names)
    return any(name in watched for name in names)


def _meets_packed(keys: bytes, watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.may_meet_packed(keys)
    return any(address in watched for address in binary_form.addresses(keys))
