"""What the bot needs from outside, as small protocols named after the need; `wiring.py` fills them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.dialog.reply import Document, Keyboard
from bot.dialog.update import ChatTarget
from chain.rpc.accounts import AccountKind
from domain.jobs import Queue
from domain.rules.rules import ChatSettings, Rules
from domain.rules.watches import Watch
from domain.snapshot import Snapshot
from domain.whale_search import Whale, WhaleSearch
from storage.admin.audit import Act
from storage.chats.sessions import Session
from storage.chats.updates import Arrived, Turn
from storage.coordination.instances import InstanceHealth, TradeGap
from storage.delivery.alert_history import Story
from storage.delivery.broadcasts import Progress


class UpdateStore(Protocol):
    """Where updates are kept before Telegram is told that they arrived."""

    async def arrived(self, updates: Sequence[Arrived]) -> set[int]:
        """Store updates; the ids of those that were not known before."""


class UpdateLeases(Protocol):
    """The right to handle the updates of a chat, one after the other, across instances."""

    async def take(self, chat_id: int) -> Turn | None:
        """The oldest open update of a chat, unless somebody is at work for this chat."""

    async def finish(self, lease: Turn, error: str | None = None) -> None:
        """It is handled, or has failed for good with `error`."""

    async def put_off(self, lease: Turn, *, seconds: float, forgiven: bool) -> None:
        """Nobody works for this chat for so long; a forgiven try does not count."""

    async def waiting(self, *, older_than: float, most: int) -> list[int]:
        """Chats with updates that nobody works on."""


class Responder(Protocol):
    """How the bot speaks in a chat. Each method raises Unavailable if it certainly was not heard."""

    async def say(
        self, target: ChatTarget, text: str, keyboard: Keyboard | None = None, *, reply_to: int = 0
    ) -> int | None:
        """Send a message; its id, or None: nobody can say whether it arrived, or it never can."""

    async def change(
        self, target: ChatTarget, message_id: int, text: str, keyboard: Keyboard | None = None
    ) -> None:
        """Put another text and other buttons into one of our messages; no text: only the buttons."""

    async def hand_over(self, target: ChatTarget, document: Document) -> int | None:
        """Send a file; its message's id, or None as with `say`."""

    async def acknowledge(self, query_id: str, text: str = "") -> None:
        """Stop the clock on a tapped button, with a short note over it."""


class Members(Protocol):
    """Who is who in groups."""

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Whether this person is an admin of the group now, give or take a minute."""


class WatchStore(Protocol):
    """Which wallets a place follows."""

    async def of(self, target: ChatTarget) -> list[Watch]:
        """What the place follows, in the order in which it began."""

    async def by_id(self, watch_id: int, *, chat_id: int) -> Watch | None:
        """One watch, if it exists and is this chat's."""

    async def follow(self, target: ChatTarget, wallet: str, label: str, *, by: int) -> bool:
        """Follow a wallet; true if the place did not follow it before."""

    async def unfollow(self, watch: Watch) -> bool:
        """Stop following; whether it was followed."""

    async def rename(self, watch: Watch, label: str) -> bool:
        """Give the wallet another name; whether it is followed."""

    async def mute(self, watch: Watch, seconds: float) -> datetime | None:
        """Tell nothing for `seconds`, 0: tell again; until when, None if it is no longer followed."""


class ChatStore(Protocol):
    """Which chats there are."""

    async def open(self, target: ChatTarget) -> None:
        """The chat may be written to."""

    async def close(self, chat_id: int, reason: str) -> None:
        """Nothing is sent there any more."""

    async def migrate(self, *, old_id: int, new_id: int) -> None:
        """The group has a new id."""


class RuleStore(Protocol):
    """What chats want to be told, and when."""

    async def settings(self, chat_id: int) -> ChatSettings:
        """What a chat has set."""

    async def change_settings(
        self, target: ChatTarget, change: Callable[[ChatSettings], ChatSettings]
    ) -> ChatSettings:
        """Change a chat's settings; what they are then."""

    async def change_chat_rules(self, target: ChatTarget, change: Callable[[Rules], Rules]) -> None:
        """Change the rules for all wallets of a chat."""

    async def change_rules(self, watch: Watch, change: Callable[[Rules], Rules]) -> bool:
        """Change the rules of a watch; false if it is gone."""


class AlertHistoryStore(Protocol):
    """What became of events for a place."""

    async def of_message(self, target: ChatTarget, message_id: int) -> Story | None:
        """Of the alert that one of our messages tells."""

    async def of_transaction(self, target: ChatTarget, signature: str) -> Story | None:
        """Of a transaction."""

    async def of_wallet(self, target: ChatTarget, wallet: str) -> Story | None:
        """Of the latest event of a wallet."""

    async def mints_called(self, target: ChatTarget, symbol: str) -> list[str]:
        """The mints of that symbol that the chat was lately told of."""

    async def of_token(self, target: ChatTarget, mint: str) -> Story | None:
        """Of the latest event with a token."""

    async def why_unreadable(self, signature: str) -> str | None:
        """Why a transaction is in quarantine; None: it is not."""

    async def symbols(self, story: Story) -> dict[str, str | None]:
        """Symbols of the event's tokens, as far as they are known."""


class Sessions(Protocol):
    """What a conversation remembers; it may forget at any time."""

    async def read(self, chat_id: int, user_id: int) -> Session | None:
        """What the person was doing."""

    async def write(self, chat_id: int, user_id: int, session: Session) -> bool:
        """Remember; false if it cannot be remembered now."""

    async def forget(self, chat_id: int, user_id: int) -> bool:
        """The conversation is over; whether there was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What stands at an address."""

    kind: AccountKind | None
    """None: the node did not say in time."""
    owner: str | None = None
    """Of a token account the wallet it belongs to."""


class AccountReader(Protocol):
    """What the chain says of an address."""

    async def kind(self, address: str) -> Account:
        """What stands there; never raises and never takes longer than two seconds."""


class QuestionStore(Protocol):
    """Slow questions, answered by workers in the place of a message."""

    async def ask(
        self, queue: Queue, subject: str, *, target: ChatTarget, message_id: int, update_id: int
    ) -> None:
        """Store the question and wake a worker."""


class AuditLog(Protocol):
    """What operators did, and what others tried."""

    async def note(self, act: str, outcome: str, *, actor_id: int, chat_id: int, about: str = "") -> None:
        """Keep one act: `outcome` is done or refused, `about` says whom or what it concerned."""

    async def latest(self, *, actor_id: int | None, most: int) -> list[Act]:
        """The latest acts, of one person or of all."""


class Broadcasts(Protocol):
    """Texts for all chats."""

    async def draft(self, text: str, *, by: int) -> tuple[int, int]:
        """Keep a text; its number, and how many chats it would go to."""

    async def start(self, number: int) -> bool:
        """Begin, or go on; false if it runs or is done already."""

    async def stop(self, number: int) -> bool:
        """Send no more of it for now; whether it was running."""

    async def progress(self, number: int | None = None) -> Progress | None:
        """How far one has come, or the latest that was begun."""


class WhaleSearchStore(Protocol):
    """Scan sessions, and the whales they found."""

    async def start(
        self, *, update_id: int, by: int, chat_id: int, min_lamports: int, seconds: float
    ) -> WhaleSearch:
        """Start one; the one that runs, which is another's if its `update_id` is."""

    async def stop(self) -> WhaleSearch | None:
        """Stop the one that runs; None: none runs."""

    async def latest(self) -> WhaleSearch | None:
        """The one that runs, else the last one that ran."""

    async def whales(self, *, most: int, after: int = 0) -> list[Whale]:
        """The found addresses, most volume first, without the first `after`."""

    async def export(self, *, most: int) -> list[Whale]:
        """The same to be kept as a file, perhaps some seconds old."""

    async def count(self) -> int:
        """How many addresses were found."""


class Throttle(Protocol):
    """How much one person may ask for."""

    async def admits(self, user_id: int) -> bool:
        """Whether one more request is all right."""

    async def may_warn(self, user_id: int) -> bool:
        """Whether it is time to tell the person so again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the system and how it is."""

    name: str
    state: str
    """healthy, degraded or unhealthy."""
    sentence: str


class SystemStatus(Protocol):
    """How the system stands."""

    async def snapshot(self) -> Snapshot:
        """Counts and ages."""

    async def statistics(self) -> Snapshot:
        """The same, perhaps some seconds old."""

    async def components(self) -> list[Component]:
        """Each part of the system."""

    async def instances(self) -> list[InstanceHealth]:
        """Each process that was heard of within a day."""

    async def gaps(self, minutes: int) -> list[TradeGap]:
        """Followed wallets of which nothing was stored for so many minutes, the longest first."""


HandleUpdate = Callable[[Turn], Awaitable[None]]
