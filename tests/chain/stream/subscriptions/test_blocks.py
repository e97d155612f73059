"""blockSubscribe: one subscription while there is somebody to read blocks for."""

from chain.stream.subscriptions.blocks import BlockSubscribe
from chain.stream.subscriptions.method import SubscriptionConfig
from tests.chain.streams import RecordingNode, subscription_filter


async def test_blocks_are_subscribed_to_once_and_anew_for_a_newer_version() -> None:
    node, method = RecordingNode(), BlockSubscribe(SubscriptionConfig(commitment="processed"))
    await method.apply(node, subscription_filter({"a"}))
    await method.apply(node, subscription_filter({"a", "b"}))
    assert node.asked == [("blockSubscribe", "all")]
    await method.apply(node, subscription_filter({"a"}, version=2))
    assert node.methods() == ["blockSubscribe", "blockSubscribe", "blockUnsubscribe"]


async def test_blocks_are_left_while_there_is_nobody_to_read_them_for() -> None:
    node, method = RecordingNode(), BlockSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter(()))
    assert (node.asked, method.is_active) == ([], False)
    await method.apply(node, subscription_filter({"a"}))
    assert method.is_active
    await method.apply(node, subscription_filter(()))
    assert node.methods() == ["blockSubscribe", "blockUnsubscribe"]
    assert not method.is_active
