"""The Bot API of benchmarks: it takes what a bot sends, and answers probes as Telegram does."""

import asyncio

from bench.accepting_telegram import MAX_CONNECTIONS, accepting_telegram
from bench.crowd import INSTANCES
from bot.intake.update_queue import WORKERS
from messaging.telegram.methods import Message, Methods

TOKEN = "123456:AAF-made-up"


async def test_a_message_is_noted_and_a_probe_is_answered_properly_but_not_noted() -> None:
    heard: list[tuple[int, str]] = []
    async with accepting_telegram(lambda chat_id, text, _: heard.append((chat_id, text))) as url:
        methods = Methods(TOKEN, url)
        await methods.open()
        sent = await methods.send(Message(chat_id=7, text="hello"))
        assert await methods.probe()
        await methods.close()
    assert sent.message_id == 1
    assert heard == [(7, "hello")]


async def test_it_takes_as_many_connections_as_the_workers_of_all_bots_have() -> None:
    bots = max(INSTANCES)
    async with accepting_telegram(lambda *_: None) as url:
        host, port = url.removeprefix("http://").split(":")
        opened = [await asyncio.open_connection(host, int(port)) for _ in range(bots * WORKERS)]
        for _, writer in opened:
            writer.write(b"POST /bot1:a/getMe HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        answers = [await reader.readline() for reader, _ in opened]
        for _, writer in opened:
            writer.close()
    assert set(answers) == {b"HTTP/1.1 200 OK\r\n"}
    assert len(answers) <= MAX_CONNECTIONS
