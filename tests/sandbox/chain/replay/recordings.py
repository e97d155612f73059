"""Transactions as another chain has answered them."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.chain.rpc.responses import Shape, transaction_json
from sandbox.chain.transactions.landed import LandedTransaction


def written(one: LandedTransaction, encoding: Any) -> Any:
    return msgspec.json.decode(transaction_json(one, Shape(encoding=encoding, max_version=1)))
