"""In which topic the alerts of a group come."""

from domain.chats import ChatTarget
from services.services import Services
from storage.chats import topics
from storage.chats.topics import Spread


async def spread(services: Services, target: ChatTarget) -> Spread:
    """How many wallets a group follows in this topic, and in the others."""
    return await topics.spread(services.chats.database, chat_id=target.chat_id, topic_id=target.topic_id)


async def bring_here(services: Services, target: ChatTarget) -> Spread:
    """Bring all that a group follows to this topic; how much that is."""
    async with services.chats.cached.changing(target.chat_id):
        await topics.move_to_topic(services.chats.database, chat_id=target.chat_id, topic_id=target.topic_id)
    return await spread(services, target)
