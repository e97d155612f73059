"""What the subscription methods share: ids, the end of a subscription, and chunks."""

import msgspec
import pytest

from chain.stream.source import StreamClosed
from chain.stream.subscriptions.method import chunks, subscription_id, unsubscribe
from tests.chain.streams import RecordingNode


def test_a_subscription_has_a_number() -> None:
    assert subscription_id(msgspec.Raw(b"62195691")) == 62_195_691
    with pytest.raises(StreamClosed):
        subscription_id(msgspec.Raw(b'"soon"'))


async def test_a_subscription_that_the_node_has_ended_already_is_no_trouble() -> None:
    node = RecordingNode(refuses="logsUnsubscribe")
    await unsubscribe(node, "logsUnsubscribe", 5)
    assert node.asked == []


def test_chunks_hold_all_items_in_order() -> None:
    assert [list(chunk) for chunk in chunks(["a", "b", "c", "d", "e"], 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert list(chunks([], 2)) == []
