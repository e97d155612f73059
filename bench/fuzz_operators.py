"""Forged buttons and operator commands of people who are none: nothing changes, and each try is written down.

Buttons are copied from other chats, changed by a character, made up, or pressed by others than whom they
were made for. Commands come from strangers, from channels, from groups, and from messages that claim to
be the operator's.
"""

import asyncio
import json
import random
import time
from typing import Any

from bench.fuzz_bot import ANSWER_SECONDS, OPERATOR, FuzzedBot, fuzzed_bot, message, person
from bench.fuzz_cases import Cases, Result
from bench.fuzz_names import hostile
from bot.permissions import Permission
from bot.routes import CALLBACKS, COMMANDS
from messaging.telegram.callbacks import MAX_BYTES
from sandbox.telegram.shapes import InlineKeyboard

VICTIM = 610_000_001
"""Follows wallets; its buttons are copied."""
FIRST_MALLORY = 620_000_000
MALLORIES = 2_000
BATCH = 150
ASKED = (
    (VICTIM, "/watch 7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs One"),
    (VICTIM, "/watch 9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D Two"),
    *((VICTIM, text) for text in ("/wallets", "/rules", "/mute", "/quiet", "/digest", "/deleteme")),
    *((OPERATOR, text) for text in ("/broadcast Hello all", "/queues", "/whales", "/scanner status")),
)
"""By which the bot shows buttons."""
OPERATOR_COMMANDS = tuple(name for name, one in COMMANDS.items() if one.permission is Permission.OPERATORS)
ARGUMENTS = (
    *("", str(VICTIM), f"{VICTIM} spam", f"{VICTIM} pro"),
    *("all", "start 1 60", "stop", "csv", "Hello", "1", "0"),
)
STATE = """
SELECT (SELECT count(*) FROM bans) AS bans,
       (SELECT count(*) FROM broadcasts) AS broadcasts,
       (SELECT count(*) FROM whale_searches) AS searches,
       (SELECT count(*) FROM chats WHERE tier <> 'free') AS tiers,
       (SELECT count(*) FROM audit_log WHERE outcome <> 'refused') AS acts,
       (SELECT count(*) FROM watches WHERE chat_id = $1) AS watches,
       (SELECT string_agg(w::text, ',' ORDER BY watch_id) FROM watches w WHERE chat_id = $1) AS rows,
       (SELECT settings::text FROM chats WHERE chat_id = $1) AS settings
"""
REFUSALS = "SELECT count(*) FROM audit_log WHERE outcome = 'refused'"


def forged(chance: random.Random) -> str:
    """An update without its number, as JSON; `@7` as the data of a button stands for a copied one."""
    user = FIRST_MALLORY + chance.randrange(MALLORIES)
    if chance.random() < 0.5:
        return json.dumps(_press(user, chance))
    return json.dumps(_command(user, chance))


def _command(user: int, chance: random.Random) -> dict[str, Any]:
    name = chance.choice(OPERATOR_COMMANDS)
    name = chance.choice((name, name.upper(), f"{name}@testbot", f"{name} ", f"/{name}"))
    argument = chance.choice((*ARGUMENTS, hostile(chance)))
    changes: dict[str, Any] = chance.choice(
        (
            {},
            {"from": person(user, is_bot=True)},
            {"from": person(user, username="operator", first_name=str(OPERATOR))},
            {"sender_chat": {"id": OPERATOR, "type": "channel", "title": "x"}},
            {"sender_chat": {"id": OPERATOR, "type": "channel", "title": "x"}, "from": None},
            {"forward_origin": {"type": "user", "date": 1, "sender_user": person(OPERATOR)}},
            {"reply_to_message": message(1, OPERATOR, "/ban 1")},
            {"via_bot": person(OPERATOR, is_bot=True)},
            {"chat": _group(user)},
            {"chat": _group(user), "from": person(OPERATOR)},
            {"chat": {"id": OPERATOR, "type": "private", "first_name": "x"}},
        )
    )
    kind = chance.choice(("message", "edited_message", "channel_post"))
    return {kind: message(chance.randrange(2**31), user, f"/{name} {argument}", **changes)}


def _group(user: int) -> dict[str, Any]:
    return {"id": -1_000_000_000_000 - user, "type": "supergroup", "title": "x"}


def _press(user: int, chance: random.Random) -> dict[str, Any]:
    data = chance.choice(
        (
            f"@{chance.randrange(10_000)}",
            f"@{chance.randrange(10_000)}~{chance.randrange(MAX_BYTES)}",
            f"c{chance.choice(list(CALLBACKS))}:1:3600{'A' * 12}",
            f"u{chance.choice(list(CALLBACKS))}:{OPERATOR}{'A' * 12}",
            chance.choice("cu") + hostile(chance),
            hostile(chance),
            "",
        )
    )
    presser = person(chance.choice((user, user, VICTIM + 1)), first_name=hostile(chance))
    shown_in = chance.choice((user, user, VICTIM + 1))
    query = {"id": str(user), "from": presser, "chat_instance": "1", "data": data}
    where = chance.random()
    if where < 0.8:
        query["message"] = message(chance.randrange(1, 50), shown_in, "x")
    elif where < 0.9:
        query["inline_message_id"] = "AAAA"
    return {"callback_query": query}


def run(seconds: float, seed: int, cases: Cases | None = None) -> Result:
    """Forge until the time is over; what the victim and the operators have set must be as before."""
    return asyncio.run(_run(seconds, seed, cases or Cases(part="operators")))


async def _run(seconds: float, seed: int, cases: Cases) -> Result:
    async with fuzzed_bot() as bot:
        return await attack(bot, seconds, seed, cases)


async def attack(bot: FuzzedBot, seconds: float, seed: int, cases: Cases) -> Result:
    """The same against a bot that runs; after each batch all must be as before."""
    tried = 0
    copied = await _genuine_buttons(bot)
    before = await _state(bot)
    inputs = cases.inputs(forged, seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not cases.failures:
        batch = [text for text, _ in zip(inputs, range(BATCH), strict=False)]
        async with asyncio.TaskGroup() as group:
            for text in batch:
                group.create_task(_post(bot, text, copied))
        tried += len(batch)
        await bot.drained(30.0)
        fault = await bot.fault()
        if (after := await _state(bot)) != before:
            fault = f"{before} became {after}"
        if fault:
            cases.fail(batch[-1], f"or one of the {BATCH} before it: {fault}")
    refused = await bot.testbed.database.fetchval(REFUSALS)
    if not refused and tried:
        cases.failures.append("no refusal stands in the audit log")
    return {"tried": tried, "failures": len(cases.failures), "buttons": len(copied), "refused": refused}


async def _post(bot: FuzzedBot, text: str, copied: list[str]) -> None:
    update = json.loads(text)
    if query := update.get("callback_query"):
        query["data"] = _real(query["data"], copied)
    await bot.post(json.dumps({"update_id": next(bot.numbers), **update}).encode())


def _real(data: str, copied: list[str]) -> str:
    """The data of a copied button, changed at a place where that is asked for."""
    if not data.startswith("@"):
        return data
    number, _, index = data[1:].partition("~")
    if not number.isdecimal():
        return data
    genuine = copied[int(number) % len(copied)]
    if not index.isdecimal():
        return genuine
    at = int(index) % len(genuine)
    return genuine[:at] + ("A" if genuine[at] != "A" else "B") + genuine[at + 1 :]


async def _genuine_buttons(bot: FuzzedBot) -> list[str]:
    """The data of buttons that the bot made for the victim and for the operator."""
    people, ledger = bot.testbed.telegram.people, bot.testbed.telegram.ledger
    for user in (VICTIM, OPERATOR):
        people.add_user(str(user), started=True, user_id=user)
    for user, text in ASKED:
        before = ledger.last
        people.send(user, text)
        await ledger.wait(before, seconds=ANSWER_SECONDS, chat_id=user, kind="message")
    entries = [entry for user in (VICTIM, OPERATOR) for entry in ledger.messages(user)]
    markups = [entry.message.reply_markup for entry in entries if entry.message is not None]
    keyboards = [markup.inline_keyboard for markup in markups if isinstance(markup, InlineKeyboard)]
    buttons = [button for keyboard in keyboards for row in keyboard for button in row]
    return [button.callback_data for button in buttons if button.callback_data]


async def _state(bot: FuzzedBot) -> dict[str, Any]:
    row = await bot.testbed.database.fetchrow(STATE, VICTIM)
    return {} if row is None else dict(row)
