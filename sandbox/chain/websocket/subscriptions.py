"""Reads subscribe requests into filters, and refuses what nodes refuse, in their words."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from solders.pubkey import Pubkey

from sandbox.chain.encodings.accounts import AccountConfig
from sandbox.chain.errors import RpcError, invalid_params, method_not_found
from sandbox.chain.node.blocks import Commitment
from sandbox.chain.rpc.methods.accounts import decimals_at
from sandbox.chain.rpc.methods.blocks import at_least_confirmed
from sandbox.chain.rpc.params import Params, read_commitment, read_encoding
from sandbox.chain.rpc.responses import Details, Shape
from sandbox.chain.rpc.view import View
from sandbox.chain.websocket.filters import (
    AccountFilter,
    BlockFilter,
    LogsFilter,
    NotificationFilter,
    TokenAccounts,
    TransactionFilter,
)

MAX_ADDRESSES = 50_000
"""The addresses in each list of a transactionSubscribe."""


class SubscribeRequest(NamedTuple):
    """What a client asks for: a filter over blocks, or (None) slots."""

    block_filter: NotificationFilter | None
    commitment: Commitment


class _Commitment(msgspec.Struct):
    """`{"commitment":"confirmed"}`."""

    commitment: str | None = None


class _BlockConfig(msgspec.Struct, rename="camel"):
    """`{"commitment":"confirmed","transactionDetails":"full","showRewards":false}`."""

    commitment: str | None = None
    encoding: str | None = None
    transaction_details: Details | None = None
    show_rewards: bool | None = None
    max_supported_transaction_version: int | None = None


class _TransactionRequest(msgspec.Struct, rename="camel"):
    """`{"accountInclude":["86xC…"],"vote":false,"failed":false,"tokenAccounts":"balanceChanged"}`."""

    account_include: list[str] | None = None
    account_exclude: list[str] = []
    account_required: list[str] = []
    vote: bool | None = None
    failed: bool | None = None
    signature: str | None = None
    token_accounts: str | None = None


def read_subscription(method: str, params: Params, view: View) -> SubscribeRequest:
    """Read a subscribe request.

    Args:
        method: such as `logsSubscribe`.
        params: as the client sent them.
        view: the node, whose limits count.

    Raises:
        RpcError: the method is unknown, or its parameters cannot be used.
    """
    read = _READERS.get(method)
    if read is None:
        raise method_not_found()
    return read(params, view)


def _slots(_params: Params, _view: View) -> SubscribeRequest:
    return SubscribeRequest(None, Commitment.processed)


def _logs(params: Params, _view: View) -> SubscribeRequest:
    wanted, config = params.required(0), params.config(1, _Commitment)
    commitment = read_commitment(config.commitment)
    if wanted in ("all", "allWithVotes"):
        return SubscribeRequest(LogsFilter(None, votes=wanted == "allWithVotes"), commitment)
    mentions = wanted.get("mentions") if isinstance(wanted, dict) else None
    if not isinstance(mentions, list):
        raise invalid_params("Invalid params: expected `all`, `allWithVotes` or `mentions`.")
    if len(mentions) != 1:
        raise invalid_params("Invalid Request: Only 1 address supported")
    return SubscribeRequest(LogsFilter(str(_key(mentions[0])), votes=True), commitment)


def _account(params: Params, view: View) -> SubscribeRequest:
    key, config = _key(params.text(0)), params.config(1, AccountConfig)
    commitment = read_commitment(config.commitment)
    decimals = decimals_at(view, view.tip(Commitment.processed))
    return SubscribeRequest(AccountFilter(key, config, decimals), commitment)


def _blocks(params: Params, view: View) -> SubscribeRequest:
    if not view.config.block_subscription:
        raise method_not_found()
    wanted, config = params.required(0), params.config(1, _BlockConfig)
    shape = Shape(
        encoding=read_encoding(config.encoding, "base64"),
        details=config.transaction_details or "full",
        rewards=bool(config.show_rewards),
        max_version=config.max_supported_transaction_version,
    )
    shape.check()
    mentions = None
    if wanted != "all":
        named = wanted.get("mentionsAccountOrProgram") if isinstance(wanted, dict) else None
        mentions = str(_key(named))
    return SubscribeRequest(BlockFilter(mentions, shape), at_least_confirmed(config.commitment))


def _transactions(params: Params, view: View) -> SubscribeRequest:
    if view.config.provider != "helius":
        raise method_not_found()
    wanted, config = params.config(0, _TransactionRequest), params.config(1, _BlockConfig)
    details = config.transaction_details or "full"
    if details in ("full", "accounts") and config.max_supported_transaction_version is None:
        raise invalid_params("maxSupportedTransactionVersion is required for full and accounts details")
    shape = Shape(
        encoding=read_encoding(config.encoding),
        details=details,
        rewards=bool(config.show_rewards),
        max_version=config.max_supported_transaction_version,
    )
    shape.check()
    block_filter = TransactionFilter(
        include=_keys(wanted.account_include) if wanted.account_include else None,
        exclude=_keys(wanted.account_exclude),
        required=_keys(wanted.account_required),
        vote=wanted.vote,
        failed=wanted.failed,
        signature=wanted.signature,
        token_accounts=_token_accounts(wanted.token_accounts),
        shape=shape,
    )
    return SubscribeRequest(block_filter, read_commitment(config.commitment or "processed"))


def _token_accounts(name: str | None) -> TokenAccounts:
    match name or "none":
        case "none":
            return "none"
        case "balanceChanged":
            return "balanceChanged"
        case "all":
            return "all"
        case unknown:
            raise invalid_params(
                f"Invalid tokenAccounts value '{unknown}', expected one of: none, balanceChanged, all"
            )


def _keys(texts: list[str]) -> frozenset[str]:
    if len(texts) > MAX_ADDRESSES:
        raise invalid_params(f"Too many accounts provided; max {MAX_ADDRESSES}")
    return frozenset(str(_key(text)) for text in texts)


def _key(text: Any) -> Pubkey:
    try:
        return Pubkey.from_string(text)
    except (ValueError, TypeError) as error:
        raise _invalid_key() from error


def _invalid_key() -> RpcError:
    return invalid_params("Invalid Request: Invalid pubkey provided")


_READERS: dict[str, Callable[[Params, View], SubscribeRequest]] = {
    "slotSubscribe": _slots,
    "logsSubscribe": _logs,
    "accountSubscribe": _account,
    "blockSubscribe": _blocks,
    "transactionSubscribe": _transactions,
}
UNSUBSCRIBES = {name.replace("Subscribe", "Unsubscribe"): name for name in _READERS}
