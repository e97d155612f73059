"""Lists of wallets that people share by a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.rules.rules import Watch
from messaging.telegram.callbacks import Callbacks
from storage.chats import shared_lists
from storage.chats.shared_lists import NewList, SharedList, SharedWallet
from storage.postgres import Database

EXPIRES_DAYS = 30
PREFIX = "l"
"""Of the start parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedListStore:
    """Shares, opens and revokes lists; a link is the list's number, sealed by the bot."""

    database: Database
    callbacks: Callbacks

    async def share(
        self, target: ChatTarget, watches: Sequence[Watch], *, by: int, name: str
    ) -> tuple[int, str]:
        """Share these wallets; the number of the list, and the start parameter that opens it.

        Args:
            target: whose list it is.
            watches: the wallets, each once.
            by: the person who shares.
            name: theirs, which readers see only if they agree.
        """
        wallets = [SharedWallet(watch.wallet, watch.label) for watch in watches]
        new = NewList(
            chat_id=target.chat_id, owner_id=by, owner_name=name, wallets=wallets, days=EXPIRES_DAYS
        )
        list_id = await shared_lists.add_list(self.database, new)
        return list_id, self.parameter(list_id)

    def parameter(self, list_id: int) -> str:
        """The start parameter that opens a list."""
        return self.callbacks.seal(f"{PREFIX}{list_id}_")

    async def open(self, parameter: str) -> SharedList | None:
        """The list of a start parameter; None: it expired, was revoked, or the bot has not made the link."""
        body = self.callbacks.unseal(parameter)
        if body is None or not body.startswith(PREFIX):
            return None
        return await shared_lists.read_list(self.database, int(body.removeprefix(PREFIX).rstrip("_")))

    async def name_owner(self, list_id: int, *, by: int, is_named: bool) -> bool:
        """Let readers see the owner's name, or not; false: it is none of this person's lists.

        Args:
            list_id: any number; it counts only as a list of `by`.
            by: user id of who shared it.
            is_named: True: readers see the name.
        """
        return await shared_lists.name_owner(self.database, list_id, owner_id=by, is_named=is_named)

    async def revoke(self, list_id: int, *, chat_id: int) -> bool:
        """Revoke a list; return false if it is none of this chat's lists."""
        return await shared_lists.revoke(self.database, list_id, chat_id=chat_id)
