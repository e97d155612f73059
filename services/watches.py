"""The wallets that a chat follows, and the rules and settings by which it gets alerts, in PostgreSQL."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.rules.rules import (
    DEFAULT_SETTINGS,
    MAX_CHAT_TAGS,
    NO_RULES,
    ChatSettings,
    Digest,
    Rules,
    Watch,
)
from runtime import clock
from services.people import ChatStore
from services.wallet_lists import NamedWallet
from storage.chats import rules, watched_wallets, watches
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStore:
    """The watches of chats and their topics."""

    database: Database
    chain: str
    changed: Callable[[], Awaitable[object]]
    """Tells the scanners that the set of wallets has changed."""
    cached: CachedChats
    freed: Callable[[int], Awaitable[object]] | None = None
    """Lets a wallet continue that pauses over a limit, since a chat follows one less; by the chat's id."""

    async def of(self, target: ChatTarget) -> list[Watch]:
        """The watches of a chat's topic, oldest first."""
        return await self.cached.watches(target, chain=self.chain)

    async def busy_until(self, watch: Watch) -> datetime | None:
        """Return until when the chat gets together what the wallet does; None: it is not busy now."""
        limit = watch.settings.busy_above
        if not limit or watch.settings.digest is not Digest.OFF:
            return None
        return await watched_wallets.busy_until(
            self.database, chain=self.chain, wallet=watch.wallet, events=limit
        )

    async def by_id(self, watch_id: int, *, chat_id: int) -> Watch | None:
        """One watch; None if it does not exist or belongs to another chat."""
        watch = await watches.watch_by_id(self.database, watch_id)
        return watch if watch is not None and watch.chat_id == chat_id else None

    async def follow(self, target: ChatTarget, wallet: str, label: str, *, by: int) -> bool:
        """Follow a wallet; true if the topic did not follow it before.

        Args:
            target: the chat and topic that get the alerts.
            wallet: its address.
            label: its name in this chat; empty: none.
            by: the person who asked; 0: nobody in particular.
        """
        watch = Watch(
            watch_id=0,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            wallet=wallet,
            label=label,
            created_at=clock.now(),
        )
        async with self.cached.changing(target.chat_id):
            is_new = await watches.add_watch(self.database, watch, created_by=by or None)
        await self.changed()
        return is_new

    async def follow_many(
        self, target: ChatTarget, wallets: Sequence[NamedWallet], *, by: int, limit: int
    ) -> watches.StoredWatches:
        """Follow wallets under their names, up to as many as the chat may follow.

        Args:
            target: the chat and topic that get the alerts.
            wallets: each address once.
            by: the person who asked; 0: nobody in particular.
            limit: how many the chat may follow in all its topics.
        """
        new = watches.NewWatches(
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            labels={wallet.address: wallet.name for wallet in wallets},
            created_by=by or None,
        )
        async with self.cached.changing(target.chat_id):
            stored = await watches.add_watches(self.database, new, limit=limit)
        await self.changed()
        return stored

    async def unfollow(self, watch: Watch) -> bool:
        """Stop following; return whether it was followed."""
        async with self.cached.changing(watch.chat_id):
            was_followed = await watches.remove_watch(
                self.database,
                chat_id=watch.chat_id,
                topic_id=watch.topic_id,
                chain=watch.chain,
                wallet=watch.wallet,
            )
        await self.changed()
        if self.freed is not None:
            await self.freed(watch.chat_id)
        return was_followed

    async def rename(self, watch: Watch, label: str) -> bool:
        """Rename a wallet; false if it is not followed."""
        async with self.cached.changing(watch.chat_id):
            return await watches.rename_watch(self.database, replace(watch, label=label))

    async def set_tags(self, watch: Watch, tags: Sequence[str]) -> bool:
        """File a wallet under these tags alone; false if it is not followed."""
        async with self.cached.changing(watch.chat_id):
            return await watches.set_tags(
                self.database, watch_id=watch.watch_id, chat_id=watch.chat_id, tags=tags
            )

    async def mute(self, watch: Watch, seconds: float) -> datetime | None:
        """Mute for `seconds`, 0: unmute; the end of the mute, None if the wallet is not followed."""
        async with self.cached.changing(watch.chat_id):
            return await watches.mute_watch(
                self.database, watch_id=watch.watch_id, chat_id=watch.chat_id, seconds=seconds
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStore:
    """Which alerts chats want, and when."""

    database: Database
    chats: ChatStore
    cached: CachedChats

    async def settings(self, chat_id: int) -> ChatSettings:
        """The settings of a chat."""
        return await self.cached.settings(chat_id)

    def read_ahead(self, chat_id: int) -> None:
        """Begin to read the settings of a chat that the update will ask for."""
        self.cached.read_ahead(chat_id)

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

    async def change_tag_rules(
        self, target: ChatTarget, tag: str, change: Callable[[Rules], Rules]
    ) -> ChatSettings:
        """Change the rules for all wallets that bear a tag; answers the new settings.

        Args:
            target: the chat; rules of tags hold in all its topics.
            tag: without `#`.
            change: from what is stored to what shall be stored; pure, since it may be called twice.

        Raises:
            BadInput: too many tags have rules already.
        """

        def with_tag(old: ChatSettings) -> ChatSettings:
            others = {name: rules for name, rules in old.tag_rules.items() if name != tag}
            changed = change(old.tag_rules.get(tag, NO_RULES))
            if changed != NO_RULES and len(others) >= MAX_CHAT_TAGS:
                raise BadInput("Up to {limit} tags may have rules.", limit=MAX_CHAT_TAGS)
            kept = {} if changed == NO_RULES else {tag: changed}
            return structs.replace(old, tag_rules=others | kept)

        return await self.change_settings(target, with_tag)

    async def change_rules(self, watch: Watch, change: Callable[[Rules], Rules]) -> bool:
        """Change the rules of a watch; false if it is gone."""
        async with self.cached.changing(watch.chat_id):
            changed = await rules.change_rules(
                self.database, watch_id=watch.watch_id, chat_id=watch.chat_id, change=change
            )
        return changed is not None
