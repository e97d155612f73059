"""The table of subscription methods: what each row says and makes.
The heartbeat alone: no subscription of its own.
"""

import pytest

from chain.rpc.errors import Rejected
from chain.stream.subscriptions.logs import LogsSubscribe
from chain.stream.subscriptions.method import SubscriptionConfig
from chain.stream.subscriptions.table import SUBSCRIPTION_KINDS, SlotSubscribe, SubscriptionKind, kinds_named
from chain.stream.subscriptions.transactions import TransactionSubscribe
from tests.chain.streams import RecordingNode, subscription_filter


@pytest.mark.parametrize(
    "method", [TransactionSubscribe(SubscriptionConfig()), LogsSubscribe(SubscriptionConfig())]
)
async def test_a_refused_subscription_raises(method: TransactionSubscribe | LogsSubscribe) -> None:
    refused = "transactionSubscribe" if isinstance(method, TransactionSubscribe) else "logsSubscribe"
    with pytest.raises(Rejected):
        await method.apply(RecordingNode(refuses=refused), subscription_filter({"a"}))


def test_rows_are_found_by_their_names_in_the_order_of_the_names() -> None:
    assert [kind.name for kind in kinds_named(["logs", "transactions"])] == ["logs", "transactions"]
    with pytest.raises(KeyError):
        kinds_named(["nonsense"])


def test_one_row_pushes_blocks_and_one_subscribes_by_address() -> None:
    assert [kind.name for kind in SUBSCRIPTION_KINDS if kind.pushes_blocks] == ["blocks"]
    assert [kind.name for kind in SUBSCRIPTION_KINDS if kind.by_address] == ["logs"]


@pytest.mark.parametrize("kind", SUBSCRIPTION_KINDS, ids=lambda kind: kind.name)
async def test_no_method_asks_anything_for_an_empty_filter(kind: SubscriptionKind) -> None:
    node = RecordingNode()
    method = kind.open(SubscriptionConfig())
    await method.apply(node, subscription_filter(()))
    assert node.asked == []
    assert method.left_out == 0


async def test_it_asks_the_node_for_nothing_and_is_active_at_once() -> None:
    node, method = RecordingNode(), SlotSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a"}, "token-account"))
    assert node.asked == []
    assert method.is_active
    assert method.left_out == 0
