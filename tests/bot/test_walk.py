"""Every keyboard that a person can reach, button by button: in private, group, topic, channel; by each role.

Each press is answered; no text, note or button is longer than Telegram takes; nothing fails; and who is no
admin changes nothing.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from bot.permissions import Permission
from bot.routes import COMMANDS
from domain import rate_limits
from messaging.sending import rate_limiter
from messaging.telegram.callbacks import MAX_BYTES
from runtime.processes.lifecycle import Stop
from sandbox.telegram.chats.people import PRIVATE_CHAT, MessageTarget
from sandbox.telegram.ledger import Entry
from sandbox.telegram.shapes import Button
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, OTHER_WHALE, WHALE, Make, TelegramChats, running, until

pytestmark = [pytest.mark.services, pytest.mark.timeout(240)]  # a walk is a hundred presses

MAX_TEXT, MAX_NOTE, MAX_CAPTION = 4_096, 200, 1_024
MAX_PRESSES = 220
TAG = 12
"""Characters of a button's signature."""
WORDS: Mapping[str, str] = {
    "watch": f"{OTHER_WHALE} Dick",
    "unwatch": "nobody",
    "rename": "Moby, Moby",
    "tag": "Moby kol",
    "balance": "Moby",
    "token": WHALE,
    "price": WHALE,
    "wallet": "Moby",
    "scan": WHALE,
    "why": WHALE,
    "user": str(OPERATOR),
    "broadcast": "hello",
    "retryfailed": "",
    "flags": "",
}
LAST = ("share", "export", "deleteme")
"""After all others: what takes everything away is pressed at the end."""


@pytest.fixture(autouse=True)
def _talkative_chats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limiter, "_CHAT_INTERVAL", 0.0005)
    monkeypatch.setattr(rate_limiter, "_GROUP_INTERVAL", 0.0005)
    monkeypatch.setattr(rate_limits, "MAX_PER_GROUP", 1_000)


@pytest.fixture
async def bot(make_settings: Make) -> AsyncIterator[Stop]:
    """A bot that lets one person ask as much as they like."""
    generous = make_settings(
        REQUEST_BURST="1000", REQUESTS_PER_MINUTE="1000", EXAMPLE_WALLETS=f"Moby={WHALE}"
    )
    async with running(generous) as stop:
        yield stop


@dataclass(slots=True)
class KeyboardTour:
    """One person in one chat, pressing everything once."""

    chats: TelegramChats
    database: Database
    user_id: int
    target: MessageTarget = PRIVATE_CHAT
    pressed: set[str] = field(default_factory=set)
    seen: int = 0

    @property
    def chat_id(self) -> int:
        return self.target.chat_id or self.user_id

    async def ask(self, command: str) -> None:
        words = WORDS.get(command, "")
        text = f"/{command} {words}".strip()
        message = self.chats.telegram.people.send(self.user_id, text, self.target)
        await until(lambda: self.database.fetchval(CAME, self.chat_id, message.message_id))
        await handled(self.database)

    async def press_everything(self) -> None:
        waiting = deque(self._new_entries())
        while waiting and len(self.pressed) < MAX_PRESSES:
            entry = waiting.popleft()
            while (button := next(self._unpressed(entry), None)) is not None:
                assert button.callback_data is not None
                answer = await self.chats.telegram.people.press(
                    self.user_id, entry.message_id or 0, button.callback_data, chat_id=self.chat_id
                )
                assert answer.answered, button.text
                assert len(answer.text or "") <= MAX_NOTE
                await handled(self.database)
                waiting.extend(self._new_entries())

    def _unpressed(self, entry: Entry) -> Iterator[Button]:
        standing = self.chats.telegram.people.room_of(self.chat_id).messages.get(entry.message_id or 0)
        markup = None if standing is None else standing.reply_markup
        for row in markup.inline_keyboard if markup is not None else ():
            for button in row:
                assert len(button.text) <= 64
                key = self._key(button)
                if key is not None and key not in self.pressed:
                    self.pressed.add(key)
                    yield button

    @staticmethod
    def _key(button: Button) -> str | None:
        """Return what makes a button another one; what is kept for a while has a key of its own each time."""
        if button.callback_data is None:
            return None
        assert len(button.callback_data.encode()) <= MAX_BYTES
        verb = button.callback_data[1:-TAG].split(":")[0]
        return f"{verb}:{button.text.strip('•✅⬜ ')}"

    def _new_entries(self) -> list[Entry]:
        entries = [one for one in self.chats.telegram.ledger.since(self.seen) if one.chat_id == self.chat_id]
        self.seen = self.chats.telegram.ledger.last
        for one in entries:
            is_captioned = one.message is not None and one.message.caption is not None
            assert len(one.text or "") <= (MAX_CAPTION if is_captioned else MAX_TEXT)
            assert "Something went wrong" not in (one.text or "")
        return [one for one in entries if one.kind in {"message", "edit"}]


def commands(*, operator: bool = False) -> list[str]:
    """All commands that a person may write, the destructive ones last."""
    names = [name for name, one in COMMANDS.items() if operator or one.permission is not Permission.OPERATORS]
    return [name for name in names if name not in LAST] + [*LAST]


async def handled(database: Database) -> None:
    """Wait until everything that has come is handled."""
    await until(lambda: database.fetchval("SELECT bool_and(state NOT IN ('new', 'working')) FROM updates"))


async def all_done(database: Database) -> None:
    """Wait until everything is handled; nothing has failed on the way."""
    await handled(database)
    failed = await database.fetch("SELECT state, error, payload::text FROM updates WHERE state <> 'done'")
    assert [dict(row) for row in failed] == []


async def walk_all(tour: KeyboardTour, database: Database, *, operator: bool = False) -> int:
    """Write every command, and press what comes of it; return how many buttons there were."""
    for command in commands(operator=operator):
        await tour.ask(command)
        await tour.press_everything()
    await all_done(database)
    return len(tour.pressed)


CAME = """
SELECT count(*) FROM updates WHERE chat_id = $1 AND (payload->'message'->>'message_id')::bigint = $2
"""
STATE = """
SELECT (SELECT jsonb_agg(to_jsonb(watches) ORDER BY watch_id) FROM watches)::text
    || (SELECT coalesce(jsonb_agg(settings ORDER BY chat_id), '[]') FROM chats WHERE chat_id < 0)::text
"""


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("role", ["follower", "operator"])
async def test_in_private_every_button_is_answered(
    chats: TelegramChats, database: Database, role: str
) -> None:
    person = chats.telegram.people.add_user("Alice", user_id=OPERATOR if role == "operator" else None)
    tour = KeyboardTour(chats, database, person.id)
    await chats.ask(person.id, f"/watch {WHALE} Moby")
    assert await walk_all(tour, database, operator=role == "operator") > 60


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("chat_kind", "role"),
    [
        ("group", "administrator"),
        ("topic", "administrator"),
        ("group", "member"),
        ("topic", "member"),
        ("topic", "anonymous administrator"),
    ],
)
async def test_in_a_group_every_button_is_answered_and_members_change_nothing(
    chats: TelegramChats, database: Database, role: str, chat_kind: str
) -> None:
    people = chats.telegram.people
    owner, other = people.add_user("Olga"), people.add_user("Mia")
    standing = role.rpartition(" ")[2]
    group = await chats.group({owner.id: "creator", other.id: standing}, forum=chat_kind == "topic")
    if standing != role:
        people.hide(group, other.id)
    thread = people.add_topic(group, "Whales", owner.id) if chat_kind == "topic" else None
    target = MessageTarget(chat_id=group, thread_id=thread)
    await chats.ask(owner.id, f"/watch {WHALE} Moby", target)
    before = await database.fetchval(STATE)
    if role == "member":
        for command in ("wallets", "rules Moby", "settings", "quiet", "mute", "price", "start"):
            await chats.ask(owner.id, f"/{command}", target)
    tour = KeyboardTour(chats, database, other.id, target)
    await walk_all(tour, database)
    if role == "member":
        assert await database.fetchval(STATE) == before
    else:
        assert len(tour.pressed) > 60


@pytest.mark.usefixtures("bot")
async def test_for_a_channel_every_button_in_private_is_answered(
    chats: TelegramChats, database: Database
) -> None:
    people = chats.telegram.people
    person = people.add_user("Alice")
    await chats.ask(person.id, "/start")
    channel = people.add_channel("Whales", {person.id: "creator"})
    seq = chats.telegram.ledger.last
    people.promote_bot(channel, person.id)
    await chats.next_entry(person.id, seq)
    card = await chats.ask_message(person.id, "/channel")
    await chats.press_and_read_edit(person.id, card, "📣 Whales")
    await chats.ask(person.id, f"/watch {WHALE} Moby")
    tour = KeyboardTour(chats, database, person.id, seen=chats.telegram.ledger.last)
    for command in commands():
        if command not in {"channel", "deleteme"}:
            await tour.ask(command)
            await tour.press_everything()
    await all_done(database)
    assert len(tour.pressed) > 60
    assert chats.texts(channel) == []
