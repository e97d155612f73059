"""Webhook bodies that are forged, nested, huge or odd: each is answered, none stops the bot."""

import asyncio
import copy
import json
import random
import time
from collections import Counter
from typing import Any

from bench.fuzz_bot import FuzzedBot, fuzzed_bot, message, person
from bench.fuzz_cases import Cases, Result
from bench.fuzz_names import hostile
from bot.intake.webhook import SECRET_HEADER

ALLOWED = frozenset({200, 400, 413})
"""Stored, not an update, too large. Anything else makes Telegram try again, or is a crash."""
BATCH = 200
"""Inputs between two looks at the bot."""
STATES = "SELECT state, count(*) AS number FROM updates GROUP BY state"
CRASHED = """
SELECT payload::text AS payload, error FROM updates
 WHERE state = 'failed' AND error IS DISTINCT FROM 'unreadable'
"""
"""What could be read, and whose handler raised."""
FIRST_USER = 600_000_000
USERS = 5_000
COMMANDS = (
    "/start", "/help", "/watch", "/wallets", "/rules", "/mute", "/quiet", "/timezone",
    "/digest", "/why", "/scan", "/balance", "/rename", "/unwatch", "/whales", "/status",
    "/cancel", "/pause", "/unmute", "/deleteme", "/nothing",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, 0.5, "", "x",
    "\x00", "\ud800", "9" * 5_000, "🐋" * 2_000, "\u202e", [], {}, [[]], [None], {"id": None}, {"id":
    2**63}, {"id": "1"}, {"": ""} )  # fmt: skip


def body(chance: random.Random) -> str:
    """The body of a post, as text; what stands for bytes that are no UTF-8 are lone surrogates."""
    kind = chance.randrange(10)
    if kind == 0:
        return _nested(chance)
    if kind == 1:
        return "".join(chr(chance.randrange(0xD800)) for _ in range(chance.randint(0, 300)))
    text = json.dumps(_update(chance))
    if kind == 2:
        return text[: chance.randrange(len(text))]
    if kind == 3:
        index = chance.randrange(len(text))
        return (
            text[:index]
            + chance.choice(("\udc80", "\x00", ",", '"', "}", "{", "\\u", "NaN", "1e999"))
            + text[index:]
        )
    return text


def _nested(chance: random.Random) -> str:
    depth = chance.choice((100, 1_000, 20_000, 200_000))
    opening, closing = chance.choice((("[", "]"), ('{"message":', "}"), ('{"a":[', "]}")))
    update_id = chance.randrange(2**40)
    inner = opening * depth + "0" + closing * chance.choice((0, depth))
    return f'{{"update_id": {update_id}, "message": {inner}}}'


def _update(chance: random.Random) -> dict[str, Any]:
    number, user = chance.randrange(2**40), FIRST_USER + chance.randrange(USERS)
    text = chance.choice((hostile(chance), f"{chance.choice(COMMANDS)} {hostile(chance)}"))
    update: dict[str, Any] = {"update_id": number}
    kind = chance.choice(("message", "message", "edited_message", "callback_query", "my_chat_member", "odd"))
    if kind == "callback_query":
        update[kind] = {
            "id": str(number),
            "from": person(user),
            "message": message(number, user, text),
            "chat_instance": "1",
            "data": hostile(chance),
        }
    elif kind == "my_chat_member":
        status = {"user": person(user), "status": chance.choice(("member", "kicked", "left", "nonsense"))}
        update[kind] = {
            "chat": {"id": -chance.randrange(2**40), "type": "supergroup", "title": hostile(chance)},
            "from": person(user, first_name=hostile(chance)),
            "date": 1,
            "old_chat_member": status,
            "new_chat_member": status,
        }
    else:
        update["message" if kind == "odd" else kind] = message(
            number, user, text, **{"from": person(user, first_name=hostile(chance))}
        )
    for _ in range(chance.randint(0, 3)):
        _spoil(update, chance)
    return update


def _spoil(value: Any, chance: random.Random) -> None:
    """Put something odd somewhere in it."""
    while isinstance(value, dict | list) and value:
        key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        if isinstance(value[key], dict | list) and value[key] and chance.random() < 0.7:
            value = value[key]
            continue
        if chance.random() < 0.3 and isinstance(value, dict):
            del value[key]
        else:
            value[key] = copy.deepcopy(chance.choice(ODD))
        return


def run(seconds: float, seed: int, cases: Cases | None = None) -> Result:
    """Post until the time is over; servers are started before, and what was stored is handled after."""
    return asyncio.run(_run(seconds, seed, cases or Cases(part="updates")))


async def _run(seconds: float, seed: int, cases: Cases) -> Result:
    async with fuzzed_bot() as bot:
        return await attack(bot, seconds, seed, cases)


async def attack(bot: FuzzedBot, seconds: float, seed: int, cases: Cases) -> Result:
    """The same against a bot that runs; each batch is followed by a check of it."""
    answered: Counter[int] = Counter()
    inputs = cases.inputs(body, seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not cases.failures:
        batch = [text for text, _ in zip(inputs, range(BATCH), strict=False)]
        await _post_all(bot, batch, cases, answered)
        if fault := await bot.fault():
            cases.fail(batch[-1], f"or one of the {BATCH} before it: {fault}")
    await _forge(bot, cases)
    if not cases.failures and not await bot.drained(30.0):
        cases.failures.append("what was stored was not handled within 30 s")
    for row in await bot.testbed.database.fetch(CRASHED):
        cases.fail(row["payload"], f"was not handled: {row['error']}")
    states = await bot.testbed.database.fetch(STATES)
    figures = {f"stored_{row['state']}": float(row["number"]) for row in states}
    return {"tried": answered.total(), "failures": len(cases.failures), **figures}


async def _post_all(bot: FuzzedBot, batch: list[str], cases: Cases, answered: Counter[int]) -> None:
    async def post(text: str) -> None:
        status = await bot.post(text.encode("utf-8", "surrogatepass"))
        answered[status] += 1
        if status not in ALLOWED:
            cases.fail(text, f"answered with {status}")

    slots = asyncio.Semaphore(20)

    async def post_in_turn(text: str) -> None:
        async with slots:
            await post(text)

    async with asyncio.TaskGroup() as group:
        for text in batch:
            group.create_task(post_in_turn(text))


async def _forge(bot: FuzzedBot, cases: Cases) -> None:
    """Posts that are not Telegram's are refused, and stored nowhere."""
    before = await bot.testbed.database.fetchval("SELECT count(*) FROM updates")
    genuine = json.dumps(
        {"update_id": next(bot.numbers), "message": message(1, FIRST_USER, "/start")}
    ).encode()
    for name, headers, status in (
        ("no secret", {SECRET_HEADER: ""}, 403),
        ("another secret", {SECRET_HEADER: "made-up-webhook-secre"}, 403),
        ("a form", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ):
        if (found := await bot.post(genuine, **headers)) != status:
            cases.failures.append(f"forged with {name}: answered with {found}")
    if await bot.post(b" " * (1 << 20) + genuine) != 413:
        cases.failures.append("a body above a mebibyte was taken")
    if await bot.testbed.database.fetchval("SELECT count(*) FROM updates") != before:
        cases.failures.append("a forged update was stored")
