"""The codes and texts of a node's errors."""

import pytest

from sandbox.chain import errors
from sandbox.chain.errors import RpcError


@pytest.mark.parametrize(
    ("error", "code", "part"),
    [
        (errors.parse_error(), -32700, "Parse error"),
        (errors.invalid_request(), -32600, "Invalid request"),
        (errors.method_not_found(), -32601, "Method not found"),
        (errors.invalid_params("no"), -32602, "no"),
        (errors.block_cleaned_up(5, 9), -32001, "First available block: 9"),
        (errors.block_not_available(5), -32004, "Block not available for slot 5"),
        (errors.slot_skipped(5), -32007, "Slot 5 was skipped"),
        (errors.long_term_slot_skipped(5), -32009, "missing in long-term storage"),
        (errors.block_status_not_available_yet(5), -32014, "not yet available for slot 5"),
        (errors.unsupported_version(1), -32015, "Transaction version (1) is not supported"),
        (errors.signature_failure(), -32003, "signature verification failure"),
        (errors.too_many_subscriptions(), -32603, "subscription limit reached"),
    ],
)
def test_code_and_text_are_those_of_a_node(error: RpcError, code: int, part: str) -> None:
    assert error.code == code
    assert part in error.message
    assert error.answer() == {"code": code, "message": error.message}


def test_some_errors_carry_data() -> None:
    assert errors.node_behind(7).answer()["data"] == {"numSlotsBehind": 7}
    assert errors.min_context_slot(3).answer()["data"] == {"contextSlot": 3}
    assert errors.preflight_failure("why", {"logs": []}).answer()["data"] == {"logs": []}
