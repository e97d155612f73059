"""transactionSubscribe: the new set is subscribed to before the old one is left."""

from chain.stream.subscriptions.method import SubscriptionConfig
from chain.stream.subscriptions.transactions import MAX_ADDRESSES, TransactionSubscribe
from tests.chain.streams import RecordingNode, subscription_filter


async def test_the_new_set_is_subscribed_to_before_the_old_one_is_left() -> None:
    node, method = RecordingNode(), TransactionSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a"}))
    await method.apply(node, subscription_filter({"a", "b"}))
    assert node.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]
    assert node.asked[1][1]["accountInclude"] == ["a", "b"]
    assert node.asked[2][1] == 1


async def test_nobody_is_never_everybody() -> None:
    node, method = RecordingNode(), TransactionSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter(()))
    assert node.asked == []
    await method.apply(node, subscription_filter({"a"}))
    await method.apply(node, subscription_filter(()))
    assert node.methods() == ["transactionSubscribe", "transactionUnsubscribe"]


async def test_a_large_set_is_split() -> None:
    node, method = RecordingNode(), TransactionSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter(f"wallet-{number}" for number in range(MAX_ADDRESSES + 1)))
    assert [len(asked["accountInclude"]) for _, asked in node.asked] == [MAX_ADDRESSES, 1]


async def test_a_node_that_has_left_a_subscription_already_is_no_trouble() -> None:
    node, method = RecordingNode(refuses="transactionUnsubscribe"), TransactionSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a"}))
    await method.apply(node, subscription_filter({"b"}))
    assert node.methods() == ["transactionSubscribe", "transactionSubscribe"]


async def test_owners_of_token_accounts_are_asked_for_where_the_node_knows_how() -> None:
    node, method = RecordingNode(), TransactionSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a"}))
    assert node.asked[0][1]["tokenAccounts"] == "balanceChanged"
    plain, other = RecordingNode(refuses="balanceChanged"), TransactionSubscribe(SubscriptionConfig())
    await other.apply(plain, subscription_filter({"a"}))
    assert "tokenAccounts" not in plain.asked[0][1]


async def test_a_newer_version_is_subscribed_to_and_other_changes_of_the_filter_cause_nothing() -> None:
    node, method = RecordingNode(), TransactionSubscribe(SubscriptionConfig())
    await method.apply(node, subscription_filter({"a"}))
    await method.apply(node, subscription_filter({"a"}, "token-account"))
    assert node.methods() == ["transactionSubscribe"]
    await method.apply(node, subscription_filter({"a"}, version=2))
    assert node.methods() == ["transactionSubscribe", "transactionSubscribe", "transactionUnsubscribe"]
