"""The filters of subscriptions: given a block, each yields the encoded results to send."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec
from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.encodings.accounts import AccountConfig, Decimals, account_json
from sandbox.chain.errors import RpcError
from sandbox.chain.node.blocks import Block
from sandbox.chain.rpc.responses import Shape, block_json, transaction_json
from sandbox.chain.transactions.landed import LandedTransaction

_encode = msgspec.json.Encoder().encode
_GONE = Account(0, b"", Pubkey.default())


class NotificationFilter(Protocol):
    """A filter over blocks."""

    @property
    def notification(self) -> str:
        """The `method` of its notifications."""

    def results(self, block: Block) -> Iterator[bytes]:
        """The results to send once `block` has reached the commitment."""


@dataclass(frozen=True, slots=True)
class LogsFilter:
    """logsSubscribe: the logs of all transactions, or of those that name one address."""

    mentions: str | None
    votes: bool
    notification: str = "logsNotification"

    def results(self, block: Block) -> Iterator[bytes]:
        """One result for each transaction that matches."""
        found = block.transactions if self.mentions is None else block.naming(self.mentions)
        for one in found:
            if self.mentions is not None or self.votes or not one.is_vote:
                yield _logs(one)


def _logs(one: LandedTransaction) -> bytes:
    found: bytes | None = one.encoded.get("logs")
    if found is None:
        value = {"signature": one.signature, "err": one.err, "logs": one.logs or []}
        found = one.encoded["logs"] = _encode({"context": {"slot": one.slot}, "value": value})
    return found


def _once(block: Block, name: str, value: Callable[[Block], Any]) -> bytes:
    """A result with its slot, encoded once for all equal subscriptions."""
    found = block.encoded.get(name)
    if found is None:
        found = block.encoded[name] = _encode({"context": {"slot": block.slot}, "value": value(block)})
    return found


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """accountSubscribe: one account, after each block that changed it."""

    key: Pubkey
    config: AccountConfig
    decimals: Decimals
    notification: str = "accountNotification"

    def results(self, block: Block) -> Iterator[bytes]:
        """The account after the block, if the block changed it."""
        if self.key in block.after:
            yield _once(block, f"account {self.key} {self.config}", self._value)

    def _value(self, block: Block) -> Any:
        return account_json(block.after[self.key] or _GONE, self.config, self.decimals)


@dataclass(frozen=True, slots=True)
class BlockFilter:
    """blockSubscribe: whole blocks, or of each block the transactions that name one address."""

    mentions: str | None
    shape: Shape
    notification: str = "blockNotification"

    def results(self, block: Block) -> Iterator[bytes]:
        """The block, unless no transaction in it matches."""
        if self.mentions is None or block.naming(self.mentions):
            yield _once(block, f"block {self.mentions} {self.shape}", self._value)

    def _value(self, block: Block) -> dict[str, Any]:
        selected = None if self.mentions is None else block.naming(self.mentions)
        try:
            written = block_json(block, self.shape, selected)
        except RpcError:
            newest = max(one.version for one in block.transactions if one.version != "legacy")
            return {"slot": block.slot, "block": None, "err": {"UnsupportedTransactionVersion": newest}}
        return {"slot": block.slot, "block": written, "err": None}


TokenAccounts = Literal["none", "balanceChanged", "all"]
"""Whether included owners also match by their token accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilter:
    """Helius' transactionSubscribe: transactions by the addresses they name."""

    include: frozenset[str] | None
    exclude: frozenset[str]
    required: frozenset[str]
    vote: bool | None
    failed: bool | None
    signature: str | None
    token_accounts: TokenAccounts
    shape: Shape
    notification: Literal["transactionNotification"] = "transactionNotification"

    def results(self, block: Block) -> Iterator[bytes]:
        """One result for each transaction that matches and that the subscriber can read."""
        for one in block.transactions:
            if self._fits(one):
                try:
                    yield self._result(one)
                except RpcError:
                    continue  # a higher version than the subscription allows

    def _fits(self, one: LandedTransaction) -> bool:
        if one.is_vote and self.vote is False:
            return False
        if one.err is not None and self.failed is False:
            return False
        if self.signature is not None and self.signature not in one.signatures:
            return False
        if not self._includes(one):
            return False
        return self.exclude.isdisjoint(one.key_set) and self.required <= one.key_set

    def _includes(self, one: LandedTransaction) -> bool:
        if self.include is None or not self.include.isdisjoint(one.key_set):
            return True
        match self.token_accounts:
            case "none":
                return False
            case "all":
                return not self.include.isdisjoint(one.owners.named)
            case "balanceChanged":
                return not self.include.isdisjoint(one.owners.changed)

    def _result(self, one: LandedTransaction) -> bytes:
        name = f"transaction {self.shape}"
        found: bytes | None = one.encoded.get(name)
        if found is None:
            found = one.encoded[name] = _encode(self._value(one))
        return found

    def _value(self, one: LandedTransaction) -> dict[str, Any]:
        fields = {"signature": one.signature, "slot": one.slot, "transactionIndex": one.index}
        if self.shape.details in ("signatures", "none"):
            return fields
        return {"transaction": transaction_json(one, self.shape)} | fields
