"""RPC methods about the node and the clock of the chain."""

from typing import Any

import msgspec

from sandbox.chain.errors import node_behind
from sandbox.chain.node.bank import SLOTS_PER_EPOCH
from sandbox.chain.node.chain import BLOCKHASH_LIFE
from sandbox.chain.rpc.params import Params
from sandbox.chain.rpc.view import API_VERSION, View, with_context

_FEATURE_SET = 2_891_131_721


class AtConfig(msgspec.Struct, rename="camel"):
    """The commitment and slot to answer at.

    `{"commitment":"confirmed","minContextSlot":341220118}`.
    """

    commitment: str | None = None
    min_context_slot: int | None = None


def get_health(view: View, _params: Params) -> str:
    """Return whether the node keeps up.

    Raises:
        RpcError: it lags.
    """
    if view.behind:
        raise node_behind(view.behind)
    return "ok"


def get_version(_view: View, _params: Params) -> dict[str, Any]:
    """The version that this node claims to run."""
    return {"feature-set": _FEATURE_SET, "solana-core": API_VERSION}


def get_genesis_hash(view: View, _params: Params) -> str:
    """The genesis hash, which identifies the chain."""
    return str(view.chain.genesis)


def get_genesis_certificate(view: View, _params: Params) -> dict[str, Any] | None:
    """The certificate of the first block under Alpenglow, of which only the slot is given; None: not yet.

    Source: https://solana.com/docs/rpc/http/getaggenesiscert.
    """
    since = view.chain.alpenglow_since
    return None if since is None else {"slot": since}


def get_slot(view: View, params: Params) -> int:
    """The slot of the newest block."""
    config = params.config(0, AtConfig)
    return view.at(config.commitment, config.min_context_slot).slot


def get_block_height(view: View, params: Params) -> int:
    """The height of the newest block."""
    config = params.config(0, AtConfig)
    return view.at(config.commitment, config.min_context_slot).height


def get_latest_blockhash(view: View, params: Params) -> dict[str, Any]:
    """A recent blockhash, and the last block height at which it is valid."""
    config = params.config(0, AtConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    value = {"blockhash": str(tip.blockhash), "lastValidBlockHeight": tip.height + BLOCKHASH_LIFE}
    return with_context(tip, value)


def get_epoch_info(view: View, params: Params) -> dict[str, Any]:
    """The epoch and the position in it."""
    config = params.config(0, AtConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    return {
        "absoluteSlot": tip.slot,
        "blockHeight": tip.height,
        "epoch": tip.slot // SLOTS_PER_EPOCH,
        "slotIndex": tip.slot % SLOTS_PER_EPOCH,
        "slotsInEpoch": SLOTS_PER_EPOCH,
        "transactionCount": view.chain.landed,
    }


def get_minimum_balance(view: View, params: Params) -> int:
    """The lamports that an account of that size must hold."""
    return view.chain.minimum_balance(params.number(0))


def get_balance(view: View, params: Params) -> dict[str, Any]:
    """The lamports of an address."""
    config = params.config(1, AtConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    account = view.account(tip, params.key(0))
    return with_context(tip, account.lamports if account else 0)
