"""getTransactionsForAddress, which is no part of Solana's JSON-RPC: some providers have it, so limited.

Source: https://www.helius.dev/docs/api-reference/rpc/http/gettransactionsforaddress.
"""

from collections.abc import Iterator
from enum import Enum
from itertools import islice
from typing import Any, Literal

import msgspec

from sandbox.chain.errors import invalid_params, method_not_found
from sandbox.chain.rpc.methods.blocks import at_least_confirmed
from sandbox.chain.rpc.methods.transactions import listed_json, transaction_with_block
from sandbox.chain.rpc.params import Params, read_encoding
from sandbox.chain.rpc.responses import Shape
from sandbox.chain.rpc.view import View
from sandbox.chain.transactions.landed import LandedTransaction

METHOD = "getTransactionsForAddress"
_MAX_SIGNATURES = 1_000
_MAX_FULL = 100
Position = tuple[int, int]
"""Slot, and index in the block."""


class Accounts(Enum):
    """Which transactions of token accounts that the address owns are listed, too."""

    NONE = "none"
    CHANGED = "balanceChanged"
    ALL = "all"


class _Range(msgspec.Struct):
    """`{"gte":341220110,"lt":341220118}`."""

    gte: int | None = None
    gt: int | None = None
    lte: int | None = None
    lt: int | None = None

    def holds(self, number: int) -> bool:
        return (
            (self.gte is None or number >= self.gte)
            and (self.gt is None or number > self.gt)
            and (self.lte is None or number <= self.lte)
            and (self.lt is None or number < self.lt)
        )


class _Filters(msgspec.Struct, rename="camel"):
    """`{"slot":{"gte":341220110},"status":"succeeded","tokenAccounts":"balanceChanged"}`."""

    slot: _Range = msgspec.field(default_factory=_Range)
    status: Literal["any", "succeeded", "failed"] = "any"
    token_accounts: Accounts = Accounts.NONE

    def hold(self, one: LandedTransaction) -> bool:
        is_wanted = self.status == "any" or (one.err is not None) == (self.status == "failed")
        return is_wanted and self.slot.holds(one.slot)


class _Config(msgspec.Struct, rename="camel"):
    """`{"transactionDetails":"full","sortOrder":"asc","limit":100,"filters":{"status":"succeeded"}}`."""

    transaction_details: Literal["signatures", "full"] = "signatures"
    sort_order: Literal["asc", "desc"] = "desc"
    limit: int | None = None
    pagination_token: str | None = None
    commitment: str | None = None
    min_context_slot: int | None = None
    encoding: str | None = None
    max_supported_transaction_version: int | None = None
    filters: _Filters = msgspec.field(default_factory=_Filters)

    @property
    def is_full(self) -> bool:
        return self.transaction_details == "full"


def get_transactions_for_address(view: View, params: Params) -> dict[str, Any]:
    """A page of the transactions of an address, and what asks for the next page.

    Raises:
        RpcError: this provider does not have the method, or the request is wrong.
    """
    if not view.config.address_history:
        raise method_not_found()
    address, config = str(params.key(0)), params.config(1, _Config)
    highest = _MAX_FULL if config.is_full else _MAX_SIGNATURES
    limit = highest if config.limit is None else config.limit
    if not 1 <= limit <= highest:
        raise invalid_params(f"Invalid limit; max {highest}")
    commitment = at_least_confirmed(config.commitment)
    tip = view.at(commitment.name, config.min_context_slot)
    found = (one for one in _ordered(view, address, config) if one.slot <= tip.slot)
    page = list(islice(_after_token(found, config), limit + 1))
    token = f"{page[limit - 1].slot}:{page[limit - 1].index}" if len(page) > limit else None
    if view.faults.take("omit", method=METHOD):
        page = []
    return {"data": [_written(view, one, config) for one in page[:limit]], "paginationToken": token}


def _ordered(view: View, address: str, config: _Config) -> list[LandedTransaction]:
    """Return what the filters let through, in the order that is asked for."""
    found = {one.signature: one for one in _touching(view, address, config) if config.filters.hold(one)}
    return sorted(found.values(), key=_position, reverse=config.sort_order == "desc")


def _touching(view: View, address: str, config: _Config) -> Iterator[LandedTransaction]:
    history = view.chain.history
    yield from history.newest_first(address)
    if config.filters.token_accounts is Accounts.NONE:
        return
    for account in view.chain.token_accounts.of_owner(address):
        for one in history.newest_first(str(account)):
            changed = address in one.owners.changed
            if changed or (config.filters.token_accounts is Accounts.ALL and address in one.owners.named):
                yield one


def _after_token(found: Iterator[LandedTransaction], config: _Config) -> Iterator[LandedTransaction]:
    if config.pagination_token is None:
        return found
    try:
        slot, index = (int(part) for part in config.pagination_token.split(":"))
    except ValueError as error:
        raise invalid_params("Invalid paginationToken") from error
    is_rising = config.sort_order == "asc"
    return (
        one
        for one in found
        if (_position(one) > (slot, index)) == is_rising and _position(one) != (slot, index)
    )


def _position(one: LandedTransaction) -> Position:
    return one.slot, one.index


def _written(view: View, one: LandedTransaction, config: _Config) -> dict[str, Any]:
    block = view.chain.history.block(one.slot)
    if not config.is_full or block is None:
        return listed_json(view, one)
    version = config.max_supported_transaction_version
    return transaction_with_block(
        one, block, Shape(encoding=read_encoding(config.encoding), max_version=version)
    )
