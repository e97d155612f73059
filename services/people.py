"""People and chats in PostgreSQL: tiers, bans, and whether the bot may write to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.chats import Chat, ChatStanding, ChatTarget
from domain.delivery.facts import DeferredAlerts
from domain.people import PersonFile
from domain.rules.lanes import FREE
from domain.rules.tiers import LimitsUsed, Tier, Tiers
from domain.webhooks import OWNER_BANNED
from runtime import clock
from storage.chats import chats, payers, people, standing, tiers
from storage.chats.cached_chats import CachedChats
from storage.chats.chats import reopen_chat
from storage.chats.group_migrations import migrate_chat
from storage.chats.people import Ban
from storage.delivery.digests import deferred_alerts
from storage.postgres import Database
from storage.webhooks.owners import disable_webhooks_of

FRESH_SECONDS = 5.0
"""The maximum age of the list of bans, which another instance may have changed."""
BANNED = "banned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStore:
    """The chats, and whether the bot may write to them."""

    database: Database
    cached: CachedChats

    async def open(self, target: ChatTarget) -> None:
        """Let the bot write to the chat, unless it was removed from it; old alerts do not come."""
        if await standing.is_open(self.database, target):  # nearly always, and then nothing is written
            return
        if not await chats.saw_chat(self.database, target):
            await chats.reopen_chat(self.database, target.chat_id)

    async def heard(self, chat_id: int) -> None:
        """The bot is in the chat, as somebody wrote there or added it: a closed or held one is open again."""
        await chats.reopen_writable_chat(self.database, chat_id)

    async def standing(self, chat_id: int) -> ChatStanding | None:
        """Why nothing is sent to the chat; None: it is open."""
        return await standing.chat_standing(self.database, chat_id)

    async def close(self, chat_id: int, reason: str) -> None:
        """Send nothing more to the chat."""
        await chats.close_chat(self.database, chat_id, reason)

    async def wait_for_admin(self, target: ChatTarget) -> bool:
        """Send nothing to a group until an admin confirms; false: one has done so before."""
        await chats.saw_chat(self.database, target)
        return await chats.wait_for_admin(self.database, target.chat_id)

    async def confirm(self, target: ChatTarget, *, payer_id: int) -> bool:
        """Let the bot speak in a chat, on the account of a person; false: another pays, or it is banned."""
        await chats.saw_chat(self.database, target)
        async with self.cached.changing(target.chat_id):
            return await chats.confirm_chat(self.database, target.chat_id, payer_id=payer_id)

    async def payer(self, chat_id: int) -> int | None:
        """On whose account the bot speaks in a chat; None: on nobody's."""
        return await payers.payer_of(self.database, chat_id)

    async def followed(self, chat_id: int) -> int:
        """Wallets that a chat follows in all its topics."""
        return await payers.followed_in(self.database, chat_id)

    async def paid_by(self, user_id: int) -> list[Chat]:
        """The chats for which a person pays."""
        return await payers.paid_by(self.database, user_id)

    async def managed_channels(self, user_id: int) -> list[Chat]:
        """The channels that a person has confirmed."""
        return await chats.managed_channels(self.database, user_id)

    async def migrate(self, *, old_id: int, new_id: int) -> None:
        """Move everything of a group to its new id."""
        async with self.cached.changing(old_id, new_id):
            await migrate_chat(self.database, old_id=old_id, new_id=new_id)


@dataclass(slots=True, kw_only=True)
class PeopleStore:
    """The people who use the bot, and what is kept of them."""

    database: Database
    chats: ChatStore
    tiers: Tiers
    _known: dict[int, Ban] = field(default_factory=dict)
    _until: float = 0.0

    async def ban_of(self, user_id: int) -> Ban | None:
        """The ban of a person or a chat; None: they may use the bot."""
        return (await self._bans()).get(user_id)

    async def banned(self) -> frozenset[int]:
        """Return who is banned."""
        return frozenset(await self._bans())

    async def _bans(self) -> Mapping[int, Ban]:
        if clock.monotonic() >= self._until:
            self._known = await people.bans(self.database)
            self._until = clock.monotonic() + FRESH_SECONDS
        return self._known

    async def ban(self, user_id: int, reason: str, *, by: int) -> None:
        """Handle no more updates of a person, send them no alerts, and push nothing to their webhooks.

        Args:
            user_id: the person.
            reason: what they read.
            by: the operator.
        """
        await people.ban(self.database, user_id=user_id, reason=reason, by=by)
        await self.chats.close(user_id, BANNED)
        await disable_webhooks_of(self.database, user_id, OWNER_BANNED)  # in groups as well
        self._until = 0.0

    async def unban(self, user_id: int) -> bool:
        """Lift a ban; return whether there was one."""
        was_banned = await people.unban(self.database, user_id)
        if was_banned:
            await reopen_chat(self.database, user_id)
        self._until = 0.0
        return was_banned

    async def file(self, chat_id: int) -> PersonFile | None:
        """Return what is kept of a chat, in numbers; None: the chat is unknown."""
        return await people.person_file(self.database, chat_id)

    async def set_tier(self, chat_id: int, tier: str) -> str | None:
        """Give a chat a tier; answers the tier before, None: the chat is unknown."""
        before = await tiers.set_tier(self.database, chat_id, tier)
        await self.pause_over_limit(chat_id)
        return before

    async def tier(self, chat_id: int) -> Tier:
        """The tier that counts for a chat: its own, or that of the person who pays for it."""
        return self.tiers.of(await tiers.tier_of(self.database, chat_id) or FREE)

    async def hourly_limit(self, chat_id: int) -> int | None:
        """Alerts an hour that the chat's tier allows; None: no limit."""
        return (await self.tier(chat_id)).alerts_an_hour

    async def watch_limit(self, chat_id: int) -> int:
        """Wallets that the chat's tier lets it follow."""
        return (await self.tier(chat_id)).watches

    async def limits_used(self, chat_id: int) -> LimitsUsed:
        """Return how much of its tier's limits a chat uses, keys of an API aside."""
        return LimitsUsed(
            tier=await self.tier(chat_id),
            watches=await tiers.count_watches(self.database, await tiers.account_of(self.database, chat_id)),
            paused=await tiers.count_paused(self.database, chat_id),
            alerts_this_hour=await tiers.alerts_this_hour(self.database, chat_id),
        )

    async def deferred_alerts(self, chat_id: int) -> DeferredAlerts | None:
        """Return what the chat gets together later; None: nothing."""
        return await deferred_alerts(self.database, chat_id)

    async def pause_over_limit(self, chat_id: int | None = None) -> int:
        """Let the newest wallets pause that exceed a limit, the others continue; return how many changed.

        Args:
            chat_id: on whose account; None: on all.
        """
        account = None if chat_id is None else await tiers.account_of(self.database, chat_id)
        changed = [one for one in (chat_id, account) if one is not None]
        async with self.chats.cached.changing(*changed):
            return await tiers.pause_over_limit(
                self.database, self.tiers.watches, self.tiers.watches[FREE], account=account
            )

    async def ban_wallet(self, chain: str, address: str, reason: str, *, by: int) -> int:
        """Let nobody follow a wallet, and send nothing of it; return how many chats followed it.

        Args:
            chain: of the wallet.
            address: base58; it need not be followed by anybody.
            reason: shown to followers.
            by: user id of the operator.
        """
        followers = await people.ban_wallet(self.database, chain=chain, address=address, reason=reason, by=by)
        async with self.chats.cached.changing(*followers):
            return len(followers)

    async def unban_wallet(self, chain: str, address: str) -> bool:
        """Let everybody follow it again; return whether it was banned."""
        followers = await people.unban_wallet(self.database, chain=chain, address=address)
        async with self.chats.cached.changing(*(followers or [])):
            return followers is not None

    async def forget(self, chat_id: int) -> None:
        """Delete everything that is kept of a chat."""
        async with self.chats.cached.changing(chat_id):
            await people.forget_chat(self.database, chat_id)
