"""Rules and settings of chats, in PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import structs

from bot.services.chats import ChatStore
from domain.chats import ChatTarget
from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Rules
from domain.rules.watches import Watch
from storage.chats import rules
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStore:
    """Which alerts chats want, and when."""

    database: Database
    chats: ChatStore
    cached: CachedChats

    async def settings(self, chat_id: int) -> ChatSettings:
        """The settings of a chat."""
        return await self.cached.settings(chat_id)

    async def change_settings(
        self, target: ChatTarget, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings:
        """Change a chat's settings; answers the new settings."""
        await self.chats.open(target)
        async with self.cached.changing(target.chat_id):
            changed = await rules.change_settings(self.database, target.chat_id, change)
        return changed or DEFAULT_SETTINGS

    async def change_chat_rules(self, target: ChatTarget, change: Callable[[Rules], Rules]) -> None:
        """Change the rules for all wallets of a chat."""
        await self.change_settings(target, lambda old: structs.replace(old, rules=change(old.rules)))

    async def change_rules(self, watch: Watch, change: Callable[[Rules], Rules]) -> bool:
        """Change the rules of a watch; false if it is gone."""
        async with self.cached.changing(watch.chat_id):
            changed = await rules.change_rules(
                self.database, watch_id=watch.watch_id, chat_id=watch.chat_id, change=change
            )
        return changed is not None
