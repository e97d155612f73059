"""Made-up blocks, as a node would give them."""

from typing import Any

from tests.chain import samples

TRADER = samples.address("trader")


def block(*transactions: Any, **more: Any) -> dict[str, Any]:
    """A getBlock result with these transactions."""
    return {
        "blockhash": "b",
        "previousBlockhash": "a",
        "parentSlot": 8,
        "blockTime": 99,
        "blockHeight": 7,
        "transactions": [{"transaction": one["transaction"], "meta": one["meta"]} for one in transactions],
        **more,
    }


def somebody_elses() -> dict[str, Any]:
    """A swap in which the trader has no part."""
    return samples.swap(samples.address("somebody"), samples.address("elsewhere"))
