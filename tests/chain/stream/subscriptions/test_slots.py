"""The heartbeat alone: no subscription of its own."""

from chain.stream.subscriptions.method import SubscriptionConfig
from chain.stream.subscriptions.slots import SlotSubscribe
from tests.chain.streams import RecordingNode, subscription_filter


async def test_it_asks_the_node_for_nothing_and_is_active_at_once() -> None:
    node, method = RecordingNode(), SlotSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a"}, "token-account"))
    assert node.asked == []
    assert method.is_active
    assert method.left_out == 0
