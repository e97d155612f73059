"""In which topic the alerts of a group come."""

from typing import NamedTuple

from domain.chats import ChatTarget
from services.services import Services
from storage.chats import topics
from storage.chats.topics import Spread


class TopicMove(NamedTuple):
    """Wallets that a group follows in a topic now, and those of which topics had different names or rules."""

    here: int
    differing: int


async def spread(services: Services, target: ChatTarget) -> Spread:
    """Return how many wallets a group follows in this topic, and in the others."""
    return await topics.spread(services.chats.database, chat_id=target.chat_id, topic_id=target.topic_id)


async def bring_here(services: Services, target: ChatTarget) -> TopicMove:
    """Bring all that a group follows to this topic; return how much that is."""
    chat_id, topic_id = target.chat_id, target.topic_id
    async with services.chats.cached.changing(chat_id):
        differing = await topics.move_to_topic(services.chats.database, chat_id=chat_id, topic_id=topic_id)
    return TopicMove((await spread(services, target)).here, differing)
