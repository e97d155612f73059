"""Who is let in: nobody banned, nobody too fast; they hear it once, and the session of the others is read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import pytest
from msgspec import structs

from bot.admission import FRESH_SECONDS, Admission, RememberedAdmins
from bot.dialog.responder import Responder
from bot.dialog.update import CallbackQuery, Message
from bot.dialog.update_context import UpdateContext, during_update, no_use
from bot.permissions import Throttle
from domain.chats import ChatKind, ChatTarget
from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings
from runtime import clock
from runtime.clock import now
from services.people import PeopleStore
from storage.chats.entrances import Entrance
from storage.chats.people import Ban
from storage.chats.sessions import Session, Sessions
from storage.chats.updates import SHARE_SECONDS

ALICE = ChatTarget(chat_id=7, kind=ChatKind.PRIVATE)
SESSION = Session(chat_id=7, user_id=7, awaiting="label")
MESSAGE = Message(update_id=1, target=ALICE, user_id=7, message_id=1, text="/help")
PRESSED = CallbackQuery(update_id=2, target=ALICE, user_id=7, message_id=1, query_id="q", data="")


@dataclass
class Known:
    """People, sessions, shares and Telegram in one."""

    is_banned: bool = False
    is_admitted: bool = True
    hidden: frozenset[int] = frozenset()
    asked: list[int] = field(default_factory=list)
    counted: int = 0
    warnings: list[bool] = field(default_factory=lambda: [False, True])
    said: list[str] = field(default_factory=list)

    async def ban_of(self, user_id: int) -> Ban | None:
        self.asked.append(user_id)
        return Ban(user_id=user_id, reason="spam", banned_by=1, banned_at=now()) if self.is_banned else None

    async def banned(self) -> frozenset[int]:
        return frozenset({66})

    async def anonymous_admins(self, chat_id: int) -> frozenset[int]:
        return self.hidden

    async def load(self, chat_id: int, user_id: int) -> Session:
        return Session(chat_id=chat_id, user_id=user_id)

    async def enter(self, target: ChatTarget, user_id: int) -> Entrance:
        self.counted += 1
        return Entrance(SESSION, self.is_admitted)

    async def admits(self, user_id: int) -> bool:
        self.counted += 1
        return self.is_admitted

    async def settings(self, chat_id: int) -> ChatSettings:
        return DEFAULT_SETTINGS

    async def warn(self, user_id: int, notify: Callable[[], Awaitable[object]], *, needs_count: bool) -> None:
        assert needs_count
        if self.warnings.pop():
            await notify()

    async def send(self, target: ChatTarget, text: str) -> None:
        self.said.append(text)

    async def answer_callback(self, query_id: str, note: str = "") -> None:
        self.said.append(note)


def admission(known: Known) -> Admission:
    return Admission(
        people=cast("PeopleStore", known),
        anonymous_admins=known.anonymous_admins,
        sessions=cast("Sessions", known),
        throttle=cast("Throttle", known),
        responder=cast("Responder", known),
        settings=known.settings,
    )


async def test_a_request_is_counted_and_its_session_is_read() -> None:
    known = Known()
    assert await admission(known).session_of(MESSAGE, is_request=True) == SESSION
    assert (known.counted, known.said) == (1, [])


async def test_what_asks_nothing_is_not_counted() -> None:
    known = Known(is_banned=True)
    session = await admission(known).session_of(MESSAGE, is_request=False)
    assert session is not None
    assert session.awaiting == ""
    assert known.counted == 0


async def test_who_is_banned_hears_it_once_and_is_not_counted() -> None:
    known = Known(is_banned=True)
    assert [await admission(known).session_of(MESSAGE, is_request=True) for _ in range(2)] == [None, None]
    assert known.counted == 0
    assert len(known.said) == 1
    assert "spam" in known.said[0]


async def test_who_is_too_fast_hears_it() -> None:
    known = Known(is_admitted=False)
    assert await admission(known).session_of(MESSAGE, is_request=True) is None
    assert not await admission(known).admits(PRESSED)
    assert len(known.said) == 2
    assert await admission(Known()).admits(PRESSED)


def waited(seconds: float) -> during_update:
    return during_update(UpdateContext(leave=lambda: None, use=no_use, age=seconds))


async def test_what_waited_for_more_than_a_minute_is_not_counted_with_what_is_asked_now() -> None:
    known = Known(is_admitted=False)
    with waited(SHARE_SECONDS + 1):
        assert await admission(known).session_of(MESSAGE, is_request=True) is not None
        assert await admission(known).admits(PRESSED)
    assert (known.counted, known.said) == (0, [])
    with waited(SHARE_SECONDS - 1):
        assert await admission(known).session_of(MESSAGE, is_request=True) is None
        assert not await admission(known).admits(PRESSED)
    assert known.counted == 2


async def test_who_is_banned_stays_so_however_long_they_waited() -> None:
    anonymous = structs.replace(MESSAGE, target=GROUP, user_id=0, is_from_group=True, sender_chat_id=-5)
    with waited(SHARE_SECONDS + 1):
        assert await admission(Known(is_banned=True)).session_of(MESSAGE, is_request=True) is None
        hidden = Known(hidden=frozenset({66}))
        assert await admission(hidden).session_of(anonymous, is_request=True) is None


GROUP = ChatTarget(chat_id=-5, kind=ChatKind.SUPERGROUP)


async def test_who_writes_in_the_name_of_a_group_is_let_in_unless_one_who_does_is_banned() -> None:
    anonymous = structs.replace(MESSAGE, target=GROUP, user_id=0, is_from_group=True, sender_chat_id=-5)
    assert await admission(Known(hidden=frozenset({7}))).session_of(anonymous, is_request=True) == SESSION
    known = Known(hidden=frozenset({7, 66}))
    assert await admission(known).session_of(anonymous, is_request=True) is None
    hasty = Known(is_admitted=False, hidden=frozenset({66}))
    assert await admission(hasty).session_of(anonymous, is_request=True) is None
    assert (known.counted, hasty.counted) == (1, 1), "Telegram is asked about those alone who are let in"
    assert "Write in your own name" in known.said[0]


async def test_who_writes_in_the_name_of_a_channel_is_known_by_it() -> None:
    known = Known()
    await admission(known).session_of(
        structs.replace(MESSAGE, target=GROUP, user_id=0, sender_chat_id=-9), is_request=True
    )
    assert known.asked == [-9]


async def test_telegram_is_asked_once_in_half_a_minute_who_writes_in_a_groups_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    at = [1_000.0]

    async def ask(chat_id: int) -> frozenset[int]:
        asked.append(chat_id)
        return frozenset({-chat_id})

    monkeypatch.setattr(clock, "monotonic", lambda: at[0])
    remembered = RememberedAdmins(ask)
    assert [await remembered(chat_id) for chat_id in (-5, -6, -5)] == [{5}, {6}, {5}]
    assert asked == [-5, -6]
    at[0] += FRESH_SECONDS
    await remembered(-5)
    assert asked == [-5, -6, -5]
