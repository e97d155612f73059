"""Finds transactions that mention watched wallets, without decoding them. Pure.

A first pass reads only the mentioned accounts, so that most transactions need no second one.

A wallet is mentioned as an account, as the owner of a token account, or in a look-up table.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from itertools import accumulate
from typing import cast

import msgspec
from msgspec import Raw, Struct, field

from chain.blocks.block import MAX_BAD, read_block, refuse_dense, signature_of
from chain.blocks.wallet_set import KEY_BYTES, WatchedWallets
from chain.decoders.activities import mentioned
from chain.parsing import binary_form, json_shapes
from chain.parsing.json_shapes import decode_mending
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable

_Name = str | json_shapes.ParsedKey


class _Owner(Struct, frozen=True, gc=False):
    """`{"owner":"7w5g…"}`, of a token balance."""

    owner: str | None = None


class _Meta(Struct, frozen=True, gc=False):
    """`{"preTokenBalances":[],"postTokenBalances":[],"loadedAddresses":{"writable":[],"readonly":[]}}`."""

    pre_tokens: tuple[_Owner, ...] | None = field(name="preTokenBalances", default=None)
    post_tokens: tuple[_Owner, ...] | None = field(name="postTokenBalances", default=None)
    loaded: json_shapes.LoadedAddresses | None = field(name="loadedAddresses", default=None)


class _Message(Struct, frozen=True, gc=False):
    """`{"accountKeys":["7w5g…","1111…"]}`."""

    keys: tuple[str | json_shapes.ParsedKey, ...] = field(name="accountKeys")


class _Signed(Struct, frozen=True, gc=False):
    """`{"message":{"accountKeys":["7w5g…"]}}`, or `{"accountKeys":[{"pubkey":"7w5g…","signer":true}]}`."""

    message: _Message | None = None
    keys: tuple[str | json_shapes.ParsedKey, ...] | None = field(name="accountKeys", default=None)


class Mentions(Struct, frozen=True, gc=False):
    """Of a transaction only whom it mentions.

    `{"transaction":{"message":{"accountKeys":["7w5g…"]}},"meta":{}}`, or
    `{"transaction":["AQID…","base64"],"meta":{}}`
    """

    transaction: _Signed | tuple[str, ...] | str
    meta: _Meta | None = None


_decode = msgspec.json.Decoder(Mentions).decode


def read_mentions(raw: Raw) -> Mentions:
    """Whom the transaction in `raw` mentions.

    Raises:
        Undecodable: it is no transaction.
    """
    try:
        return decode_mending(_decode, raw)
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.explain("transaction", raw, error)) from error


def may_mention(transactions: Iterable[Mentions], watched: Container[str]) -> bool:
    """Whether one of the transactions may mention a watched wallet; a no is certain.

    All names are gathered first and compared at once: that makes a block cheap.
    """
    names: list[_Name] = []
    ends: list[int] = []
    binary_keys: list[bytes] = []
    for mentions in transactions:
        keys = _add_names(names, ends, mentions)
        if keys is None:
            return True
        binary_keys.append(keys)
    return _contains_any(_plain(names), watched) or _may_contain_any_key(b"".join(binary_keys), watched)


def positions_that_may_mention(transactions: Sequence[Mentions], watched: Container[str]) -> set[int]:
    """Which of the transactions may mention a watched wallet, by their position; what is missing does not.

    Each is taken apart once, and all are compared at once, as `may_mention` does it.
    """
    if not isinstance(watched, WatchedWallets):
        return {position for position, one in enumerate(transactions) if may_mention((one,), watched)}
    names: list[_Name] = []
    ends: list[int] = []
    binary_keys = [_add_names(names, ends, one) for one in transactions]
    found = {position for position, keys in enumerate(binary_keys) if keys is None}
    plain = _plain(names)
    if hits := watched.among(plain):
        found |= {bisect_right(ends, number) for number, name in enumerate(plain) if name in hits}
    if numbers := watched.keys_among(b"".join([keys or b"" for keys in binary_keys])):
        key_ends = [*accumulate(len(keys or b"") // KEY_BYTES for keys in binary_keys)]
        found |= {bisect_right(key_ends, number) for number in numbers}
    return found


def _add_names(names: list[_Name], ends: list[int], mentions: Mentions) -> bytes | None:
    """Add whom a transaction mentions by name, and where its names end.

    They are its keys, those from look-up tables, and the owners of token accounts.

    Returns:
        Its keys in binary; None: they cannot be read.
    """
    signed, meta = mentions.transaction, mentions.meta
    keys: bytes | None = b""
    if isinstance(signed, _Signed):
        names += signed.message.keys if signed.message is not None else signed.keys or ()
    else:
        keys = binary_form.static_keys(signed)
    if meta is not None:
        if meta.pre_tokens:
            names += [balance.owner for balance in meta.pre_tokens if balance.owner]
        if meta.post_tokens:
            names += [balance.owner for balance in meta.post_tokens if balance.owner]
        if meta.loaded is not None:
            names += meta.loaded.writable
            names += meta.loaded.readonly
    ends.append(len(names))
    return keys


def mentioned_in(mentions: Mentions, watched: WatchedWallets) -> tuple[str, ...] | None:
    """The watched wallets that one transaction mentions; None: the transaction must be read to know."""
    if not isinstance(mentions.transaction, _Signed):
        return None if may_mention((mentions,), watched) else ()
    names: list[_Name] = []
    _add_names(names, [], mentions)
    plain = _plain(names)
    if not watched.contains_any(plain):
        return ()
    return tuple(dict.fromkeys(name for name in plain if name in watched))


def _plain(names: list[_Name]) -> list[str]:
    plain = cast("list[str]", names)
    try:
        "".join(plain)  # the fastest check that each is a text
    except TypeError:
        return [name.address if isinstance(name, json_shapes.ParsedKey) else name for name in names]
    return plain


def _contains_any(names: list[str], watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.contains_any(names)
    return any(name in watched for name in names)


def _may_contain_any_key(keys: bytes, watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.may_contain_any_key(keys)
    return any(address in watched for address in binary_form.addresses(keys))


class Match(Struct, frozen=True, kw_only=True):
    """A transaction and the watched wallets that it mentions."""

    position: int
    """Its index in the block, from 0."""
    wallets: tuple[str, ...]
    raw: Raw


class Unreadable(Struct, frozen=True, kw_only=True):
    """A transaction of which nobody can say whom it mentions."""

    position: int
    signature: str | None
    reason: str
    raw: Raw


class MatchedBlock(Struct, frozen=True, kw_only=True):
    """What of one block concerns watched wallets."""

    parent_slot: int
    blockhash: str
    previous_blockhash: str
    block_time: int | None
    matches: list[Match]
    """In the order of the block."""
    unreadable: list[Unreadable]


def matched_block(block_result: bytes | Raw, watched: WatchedWallets) -> MatchedBlock:
    """The transactions of a getBlock result that mention one of `watched`.

    Raises:
        Undecodable: the block as a whole cannot be read.
    """
    refuse_dense(block_result)
    block = read_block(block_result)
    matches: list[Match] = []
    unreadable: list[Unreadable] = []
    for position, raw in enumerate(block.transactions):
        try:
            wallets = _wallets(raw, watched)
        except Undecodable as error:
            bad = Unreadable(position=position, signature=signature_of(raw), reason=str(error), raw=raw)
            unreadable.append(bad)
            if len(unreadable) > MAX_BAD:
                raise Undecodable(
                    f"more than {MAX_BAD:,} transactions that cannot be read: {error}"
                ) from None
            continue
        if wallets:
            matches.append(Match(position=position, wallets=wallets, raw=raw))
    return MatchedBlock(
        parent_slot=block.parent_slot,
        blockhash=block.blockhash,
        previous_blockhash=block.previous_blockhash,
        block_time=block.block_time,
        matches=matches,
        unreadable=unreadable,
    )


def mentioned_wallets(raw: bytes | Raw, watched: WatchedWallets) -> tuple[str, ...]:
    """The watched wallets that a transaction of any shape mentions; none if it failed.

    Raises:
        Undecodable: it is no transaction.
    """
    transaction = read_transaction(raw)
    return () if transaction.failed else tuple(mentioned(transaction, watched))


def _wallets(raw: Raw, watched: WatchedWallets) -> tuple[str, ...]:
    wallets = mentioned_in(read_mentions(raw), watched)
    return mentioned_wallets(raw, watched) if wallets is None else wallets
