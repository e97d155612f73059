"""A group's wallets are counted by topic and brought to one."""

from dataclasses import replace

import pytest

from domain.chats import ChatKind, ChatTarget
from services.acts.topics import TopicMove, bring_here, spread
from services.services import Services
from storage.chats.topics import Spread

pytestmark = pytest.mark.services
WHALE = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


async def test_what_was_followed_in_general_alerts_in_the_topic(services: Services) -> None:
    general = ChatTarget(chat_id=-9, kind=ChatKind.SUPERGROUP, title="Club")
    await services.chats.open(general)
    await services.watches.follow(general, WHALE, "Moby", by=0)
    topic = replace(general, topic_id=5)
    assert await spread(services, topic) == Spread(0, 1)
    assert await bring_here(services, topic) == TopicMove(1, 0)
    assert [one.label for one in await services.watches.of(topic)] == ["Moby"]


async def test_where_topics_gave_a_wallet_two_names_that_of_this_one_stays_and_it_is_counted(
    services: Services,
) -> None:
    topic = ChatTarget(chat_id=-9, kind=ChatKind.SUPERGROUP, title="Club", topic_id=5)
    await services.chats.open(topic)
    for target, label in ((topic, "Moby"), (replace(topic, topic_id=3), "Dick")):
        await services.watches.follow(target, WHALE, label, by=0)
    assert await bring_here(services, topic) == TopicMove(1, 1)
    assert [one.label for one in await services.watches.of(topic)] == ["Moby"]
