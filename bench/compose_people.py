"""People who talk to the bots of the compose trial: posts enter through nginx, a sandbox Telegram judges."""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import base58

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_SECONDS = 60.0
"""A question that is not answered by then is lost."""
AGAIN_SECONDS = 0.25
PEOPLE_AT_ONCE = 40
FIRST_UPDATE = 1_700_000_000
"""Far from the numbers of the sandbox Telegram's own updates. Time is added, so that none comes twice."""
LABELS = ("alpha", "beta", "gamma")


@dataclass(slots=True)
class Tally:
    """What came of the questions."""

    asked: int = 0
    answered: int = 0
    posted_again: int = 0
    seconds: list[float] = field(default_factory=list)
    """From a post to the message that answers it."""

    def quantile(self, share: float) -> float:
        """So long took all but the slowest, in seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


class People:
    """Users of the sandbox Telegram; their updates go to nginx, repeatedly until it says 200."""

    def __init__(self, session: aiohttp.ClientSession, webhook: str, secret: str, telegram: str) -> None:
        self.tally = Tally()
        self._session = session
        self._webhook = webhook
        self._headers = {SECRET_HEADER: secret}
        self._telegram = telegram
        self._numbers = itertools.count(FIRST_UPDATE + time.time_ns() // 1_000_000 % 400_000_000)
        self._heard: dict[int, list[str]] = defaultdict(list)
        self._news = asyncio.Event()

    async def add(self, count: int) -> list[int]:
        """Make so many people who have started the bot."""
        await self._act("limits", {"enabled": False})
        return list((await self._act("users", {"count": count}))["result"])

    async def listen(self) -> None:
        """Hear what the bots say, until cancelled."""
        since = (await self._ledger("ledger", since=1 << 53))["last"]
        while True:
            found = await self._ledger("ledger/wait", since=since, kind="message", timeout=10)
            since = max(since, found["next"])
            for entry in found["entries"]:
                since = max(since, entry["seq"])
                self._heard[entry["chat_id"]].append(entry.get("text", ""))
            self._news.set()
            self._news.clear()

    async def follow_wallets(self, people: Sequence[int]) -> None:
        """Everybody says hello, watches wallets under names of their own, and asks for the list."""
        watches = {f"/watch {_address()} {label}": (label,) for label in LABELS}
        await self._everybody(people, {"/start": (), **watches, "/wallets": LABELS})

    async def list_wallets(self, people: Sequence[int]) -> None:
        """Everybody asks for the list that was made before."""
        await self._everybody(people, {"/wallets": LABELS})

    async def _everybody(self, people: Sequence[int], questions: Mapping[str, Sequence[str]]) -> None:
        """Everybody asks the questions in order; each answer must hold what stands beside its question."""
        gate = asyncio.Semaphore(PEOPLE_AT_ONCE)

        async def session_of(person: int) -> None:
            async with gate:
                for text, expected in questions.items():
                    await self._ask(person, text, expected)

        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(session_of(person))

    async def _ask(self, person: int, text: str, expected: Sequence[str]) -> None:
        """Ask and wait for an answer that knows what the person has told any of the bots before."""
        self.tally.asked += 1
        before, began = len(self._heard[person]), time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._post(_update(next(self._numbers), person, text))
                while not _any_holds(self._heard[person][before:], expected):
                    await self._news.wait()
        except TimeoutError:
            return
        self.tally.answered += 1
        self.tally.seconds.append(time.monotonic() - began)

    async def _post(self, update: dict[str, Any]) -> None:
        """Post until 200, as Telegram does."""
        while True:
            try:
                async with self._session.post(self._webhook, json=update, headers=self._headers) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, OSError):
                pass
            self.tally.posted_again += 1
            await asyncio.sleep(AGAIN_SECONDS)

    async def _act(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(f"{self._telegram}/sandbox/{action}", json=body) as answer:
            return dict(await answer.json())

    async def _ledger(self, path: str, **asked: Any) -> dict[str, Any]:
        async with self._session.get(f"{self._telegram}/{path}", params=asked) as answer:
            return dict(await answer.json())


def _any_holds(messages: Sequence[str], expected: Sequence[str]) -> bool:
    """Return whether one message holds all of it; others may be of the chain, or of an outage."""
    return any(all(part in message for part in expected) for message in messages)


def _address() -> str:
    return base58.b58encode(time.time_ns().to_bytes(32, "little")).decode()


def _update(number: int, person: int, text: str) -> dict[str, Any]:
    chat = {"id": person, "type": "private", "first_name": f"User {person}"}
    command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    sender = {"id": person, "is_bot": False, "first_name": chat["first_name"], "language_code": "en"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": {**message, "entities": [command]}}
