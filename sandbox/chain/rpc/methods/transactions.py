"""RPC methods about transactions: reading them and sending them."""

import base64
import binascii
from collections.abc import Iterator
from itertools import islice
from typing import Any

import base58
import msgspec
from solders.transaction import VersionedTransaction

from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.errors import invalid_params, preflight_failure, signature_failure
from sandbox.chain.node.blocks import Block, Commitment
from sandbox.chain.rpc.methods.blocks import at_least_confirmed
from sandbox.chain.rpc.params import Params, read_encoding, read_signature
from sandbox.chain.rpc.responses import Shape, transaction_json
from sandbox.chain.rpc.view import View, with_context
from sandbox.chain.transactions.landed import LandedTransaction
from sandbox.chain.transactions.rejections import text_of

_MAX_SIGNATURES = 1_000
_MAX_STATUSES = 256
_MAX_TRANSACTION_BYTES = 4_096


class _TransactionConfig(msgspec.Struct, rename="camel"):
    """`{"commitment":"confirmed","encoding":"json","maxSupportedTransactionVersion":1}`."""

    commitment: str | None = None
    encoding: str | None = None
    max_supported_transaction_version: int | None = None


class _PageConfig(msgspec.Struct, rename="camel"):
    """`{"before":"5Nf2…","limit":1000,"commitment":"confirmed"}`."""

    before: str | None = None
    until: str | None = None
    limit: int | None = None
    commitment: str | None = None
    min_context_slot: int | None = None


class _SendConfig(msgspec.Struct, rename="camel"):
    """`{"skipPreflight":true,"encoding":"base64","maxRetries":0}`."""

    skip_preflight: bool = False
    preflight_commitment: str | None = None
    encoding: str | None = None
    max_retries: int | None = None
    min_context_slot: int | None = None


def get_transaction(view: View, params: Params) -> dict[str, Any] | None:
    """One transaction with its meta, or null."""
    signature, raw = params.signature(0), params.optional(1)
    config = (
        _TransactionConfig(encoding=raw) if isinstance(raw, str) else params.config(1, _TransactionConfig)
    )
    shape = Shape(
        encoding=read_encoding(config.encoding), max_version=config.max_supported_transaction_version
    )
    shape.check()
    commitment = at_least_confirmed(config.commitment)
    one = view.chain.history.transaction(signature)
    block = None if one is None else view.chain.history.block(one.slot)
    if one is None or block is None or not view.knows(block, commitment):
        return None
    return transaction_with_block(one, block, shape)


def transaction_with_block(one: LandedTransaction, block: Block, shape: Shape) -> dict[str, Any]:
    """A transaction as getTransaction answers it.

    Args:
        one: of the block's transactions.
        block: gives slot and time.
        shape: the encoding, and the newest version that may be shown.

    Raises:
        RpcError: its version may not be shown.
    """
    parts = msgspec.json.decode(transaction_json(one, shape), type=dict[str, msgspec.Raw])
    return {"slot": block.slot, "blockTime": block.time, "transactionIndex": one.index} | parts


def get_signatures(view: View, params: Params) -> list[dict[str, Any]]:
    """The transactions whose account keys include an address, newest first."""
    address, config = str(params.key(0)), params.config(1, _PageConfig)
    limit = _MAX_SIGNATURES if config.limit is None else config.limit
    if not 1 <= limit <= _MAX_SIGNATURES:
        raise invalid_params(f"Invalid limit; max {_MAX_SIGNATURES}")
    commitment = at_least_confirmed(config.commitment)
    tip = view.at(commitment.name, config.min_context_slot)
    page = islice(_page(view, address, config, tip.slot), limit)
    return [listed_json(view, one) for one in page]


def _page(view: View, address: str, config: _PageConfig, last_slot: int) -> Iterator[LandedTransaction]:
    before = _position(view, config.before)
    until = _position(view, config.until) or (-1, -1)
    if config.before and before is None:
        return
    for one in view.chain.history.newest_first(address):
        position = (one.slot, one.index)
        if position <= until:
            return
        if one.slot <= last_slot and (before is None or position < before):
            yield one


def _position(view: View, signature: str | None) -> tuple[int, int] | None:
    """Slot and index of a transaction; None: it is not known."""
    one = view.chain.history.transaction(read_signature(signature)) if signature else None
    return None if one is None else (one.slot, one.index)


def listed_json(view: View, one: LandedTransaction) -> dict[str, Any]:
    """A transaction as getSignaturesForAddress lists it."""
    block = view.chain.history.block(one.slot)
    return {
        "signature": one.signature,
        "slot": one.slot,
        "err": one.err,
        "memo": one.memo,
        "blockTime": block.time if block else None,
        "confirmationStatus": block.commitment.name if block else None,
        "transactionIndex": one.index,
    }


def get_signature_statuses(view: View, params: Params) -> dict[str, Any]:
    """The confirmation status of each signature."""
    asked = params.required(0)
    if not isinstance(asked, list):
        raise invalid_params("Invalid params: invalid type: expected a sequence.")
    if len(asked) > _MAX_STATUSES:
        raise invalid_params(f"Too many inputs provided; max {_MAX_STATUSES}")
    tip = view.tip(Commitment.processed)
    return with_context(tip, [_status(view, read_signature(str(one)), tip) for one in asked])


def _status(view: View, signature: str, tip: Block) -> dict[str, Any] | None:
    one = view.chain.history.transaction(signature)
    block = view.chain.history.block(one.slot) if one else None
    if one is None or block is None or block.slot > tip.slot:
        return None
    final = block.commitment is Commitment.finalized
    return {
        "slot": one.slot,
        "confirmations": None if final else tip.height - block.height,
        "status": {"Ok": None} if one.err is None else {"Err": one.err},
        "err": one.err,
        "confirmationStatus": block.commitment.name,
    }


def send_transaction(view: View, params: Params) -> str:
    """Run a transaction in the open slot, after preflight unless the request skips it."""
    config = params.config(1, _SendConfig)
    view.at(config.preflight_commitment, config.min_context_slot)
    tx = _decoded(params.text(0), config.encoding or "base58")
    if not all(tx.verify_with_results()):
        raise signature_failure()
    if not config.skip_preflight:
        _preflight(view, tx)
    try:
        return str(view.chain.send(tx))
    except TransactionRejected:
        return str(tx.signatures[0])  # a node only forwards it, and cannot know that it never lands


def _decoded(text: str, encoding: str) -> VersionedTransaction:
    try:
        raw = base64.b64decode(text, validate=True) if encoding == "base64" else base58.b58decode(text)
    except (binascii.Error, ValueError) as error:
        raise invalid_params(f"invalid {encoding} encoding: {error}") from error
    if len(raw) > _MAX_TRANSACTION_BYTES:
        raise invalid_params(
            f"decoded solana_transaction too large: {len(raw)} bytes (max: {_MAX_TRANSACTION_BYTES} bytes)"
        )
    try:
        return VersionedTransaction.from_bytes(raw)
    except ValueError as error:
        raise invalid_params(f"failed to deserialize VersionedTransaction: {error}") from error


def _preflight(view: View, tx: VersionedTransaction) -> None:
    try:
        view.chain.check_form(tx)
    except TransactionRejected as rejected:
        raise preflight_failure(rejected.reason, _simulation(rejected.err, [], 0)) from rejected
    err, meta = view.chain.bank.simulate(tx)
    if err is not None:
        raise preflight_failure(text_of(err), _simulation(err, meta.logs(), meta.compute_units_consumed()))


def _simulation(err: Any, logs: list[str], units: int) -> dict[str, Any]:
    return {
        "accounts": None,
        "err": err,
        "innerInstructions": None,
        "logs": logs,
        "replacementBlockhash": None,
        "returnData": None,
        "unitsConsumed": units,
    }


def request_airdrop(view: View, params: Params) -> str:
    """Transfer lamports from the faucet to an address."""
    key, lamports = params.key(0), params.number(1)
    try:
        return str(view.chain.airdrop(key, lamports))
    except TransactionRejected as rejected:
        raise invalid_params(f"airdrop refused: {rejected.reason}") from rejected
