"""logsSubscribe: one subscription an address, as many as the node accepts, the wallets first."""

from chain.stream.subscriptions.logs import LogsSubscribe
from chain.stream.subscriptions.method import SubscriptionConfig
from tests.chain.streams import RecordingNode, subscription_filter


async def test_only_wallets_that_came_or_went_cause_requests_where_each_has_its_own() -> None:
    node, method = RecordingNode(), LogsSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a", "b"}))
    await method.apply(node, subscription_filter({"b", "c"}))
    assert node.asked == [
        ("logsSubscribe", {"mentions": ["a"]}),
        ("logsSubscribe", {"mentions": ["b"]}),
        ("logsUnsubscribe", 1),
        ("logsSubscribe", {"mentions": ["c"]}),
    ]


async def test_token_accounts_are_subscribed_to_with_the_wallets_and_left_with_them() -> None:
    node, method = RecordingNode(), LogsSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a", "b"}, "of a", "of b"))
    assert node.mentioned() == ["a", "b", "of a", "of b"]
    await method.apply(node, subscription_filter({"b"}, "of b"))
    assert node.logs_subscriptions() == 2
    assert method.left_out == 0


async def test_more_than_is_to_be_asked_for_is_left_out_and_wallets_go_first() -> None:
    node, method = RecordingNode(), LogsSubscribe(SubscriptionConfig(max_subscriptions=3))
    await method.apply(node, subscription_filter({"a"}, "1", "2", "3"))
    assert node.mentioned() == ["a", "1", "2"]
    assert method.left_out == 1
    await method.apply(node, subscription_filter({"a", "b"}, "1", "2", "3"))
    assert node.mentioned()[-1] == "b"
    assert (node.logs_subscriptions(), method.left_out) == (3, 2)


async def test_what_the_node_takes_is_found_out_and_kept_to() -> None:
    node, method = RecordingNode(accepts=4), LogsSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a", "b"}, "1", "2", "3", "4"))
    assert (node.logs_subscriptions(), method.left_out) == (4, 2)
    await method.apply(node, subscription_filter({"a", "b", "c"}, "1", "2", "3", "4"))
    assert "c" in node.mentioned()
    assert (node.logs_subscriptions(), method.left_out) == (4, 3)


async def test_one_address_that_is_refused_costs_no_other() -> None:
    node, method = RecordingNode(refuses="bad"), LogsSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a", "bad", "c"}))
    assert node.mentioned() == ["a", "c"]
    await method.apply(node, subscription_filter({"a", "bad", "c", "d"}))
    assert node.mentioned() == ["a", "c", "d"]
