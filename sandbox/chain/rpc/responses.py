"""Writes transactions and blocks into answers, and encodes each transaction once."""

from typing import Any, Literal

import msgspec

from sandbox.chain.errors import invalid_params, unsupported_version
from sandbox.chain.node.blocks import Block
from sandbox.chain.transactions.landed import Encoding, LandedTransaction

Details = Literal["full", "accounts", "signatures", "none"]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The form in which transactions are written."""

    encoding: Encoding = "json"
    details: Details = "full"
    rewards: bool = True
    max_version: int | None = None

    def check(self) -> None:
        """Refuse combinations that nodes refuse.

        Raises:
            RpcError: base58 cannot carry version 1.
        """
        if self.encoding == "base58" and (self.max_version or 0) >= 1:
            raise invalid_params("base58 encoding is not supported for transaction version 1")


def transaction_json(one: LandedTransaction, shape: Shape) -> msgspec.Raw:
    """`{"transaction", "meta", "version"}` of a transaction.

    Raises:
        RpcError: its version is higher than the shape allows.
    """
    allow(one, shape)
    name = f"{shape.encoding} {shape.details == 'accounts'} {shape.rewards} {shape.max_version is None}"
    found: msgspec.Raw | None = one.encoded.get(name)
    if found is None:
        found = msgspec.Raw(msgspec.json.encode(_parts(one, shape)))
        if not one.finalized:
            one.encoded[name] = found
    return found


def allow(one: LandedTransaction, shape: Shape) -> None:
    """Check the version of a transaction.

    Raises:
        RpcError: the version is higher than the shape allows.
    """
    if one.version != "legacy" and (shape.max_version is None or one.version > shape.max_version):
        raise unsupported_version(one.version)


def _parts(one: LandedTransaction, shape: Shape) -> dict[str, Any]:
    wanted = one.body.accounts() if shape.details == "accounts" else one.body.full(shape.encoding)
    transaction, meta = wanted
    if isinstance(meta, dict) and not shape.rewards:
        meta = {name: value for name, value in meta.items() if name != "rewards"}
    parts = {"transaction": transaction, "meta": meta}
    return parts if shape.max_version is None else parts | {"version": one.version}


def block_json(
    block: Block, shape: Shape, transactions: list[LandedTransaction] | None = None
) -> dict[str, Any]:
    """A block as getBlock answers it.

    Args:
        block: the block.
        shape: the form of its transactions.
        transactions: those to write; None: all.

    Raises:
        RpcError: it holds a transaction of a version that the shape does not allow.
    """
    selected = block.transactions if transactions is None else transactions
    written: dict[str, Any] = {
        "previousBlockhash": str(block.previous),
        "blockhash": str(block.blockhash),
        "parentSlot": block.parent,
    }
    if shape.details == "signatures":
        written["signatures"] = [one.signature for one in selected]
    elif shape.details != "none":
        written["transactions"] = [transaction_json(one, shape) for one in selected]
    if shape.rewards:
        written["rewards"] = block.rewards
    return written | {"blockTime": block.time, "blockHeight": block.height}
