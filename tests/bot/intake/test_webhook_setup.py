"""Telegram is told of the webhook, or to keep updates, and what it says of its posts is shown."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from telegram import Bot, WebhookInfo

from bot.intake.webhook_setup import (
    ALLOWED_UPDATES,
    certificate_end,
    note_webhook,
    subscribe,
    unsubscribe,
    watch_webhook,
)
from domain.errors import Unavailable
from messaging.telegram.client import make_bot
from runtime.clock import now, unix
from runtime.observability.metrics import REGISTRY
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from sandbox.telegram.faults import Fault, FaultKind
from tests.bot.conftest import TOKEN, TelegramChats

URL = "http://127.0.0.1:9/hook"
CERTIFICATES = """
[ca]
default_ca = this
[this]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
"""


@pytest.fixture
async def client(chats: TelegramChats) -> AsyncIterator[Bot]:
    async with make_bot(TOKEN, chats.telegram.url) as opened:
        yield opened


async def nobody() -> str:
    return ""


async def test_a_webhook_of_bots_that_were_started_later_stays(client: Bot) -> None:
    async def newer() -> str:
        return "new.example 1f"

    await subscribe(client, url=URL, secret=Secret("s"))
    with pytest.raises(Unavailable):
        await unsubscribe(client, newer)
    assert (await client.get_webhook_info()).url == URL


async def test_a_webhook_is_set_once(client: Bot) -> None:
    assert await subscribe(client, url=URL, secret=Secret("s"))
    assert not await subscribe(client, url=URL, secret=Secret("s"))
    info = await client.get_webhook_info()
    assert info.url == URL
    assert set(info.allowed_updates) == set(ALLOWED_UPDATES)


async def test_what_waits_is_not_dropped_on_either_way(client: Bot, chats: TelegramChats) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    chats.telegram.people.send(alice, "hello")
    await subscribe(client, url=URL, secret=Secret("s"))
    await unsubscribe(client, nobody)
    info = await client.get_webhook_info()
    assert info.url == ""
    assert info.pending_update_count == 1


async def test_a_webhook_that_another_program_took_away_is_set_again(
    client: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.intake.webhook_setup.INFO_SECONDS", 0.01)
    await subscribe(client, url=URL, secret=Secret("s"))
    await client.set_webhook("http://127.0.0.1:8/other")
    stop = Stop()
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        group.create_task(watch_webhook(client, stop, url=URL, secret=Secret("s"), find_newer=nobody))
        while (info := await client.get_webhook_info()).url != URL:  # noqa: ASYNC110 - Telegram sends no event
            await asyncio.sleep(0.01)
        stop.set()
    assert set(info.allowed_updates) == set(ALLOWED_UPDATES)
    assert "Another program has changed where Telegram posts to" in caplog.text


async def test_a_refused_token_is_waited_out(client: Bot, chats: TelegramChats) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.REVOKE, method="getWebhookInfo"))
    with pytest.raises(Unavailable) as caught:
        await unsubscribe(client, nobody)
    assert caught.value.retry_after == 30.0


def test_what_telegram_says_of_its_posts_is_shown() -> None:
    def gauge(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"whale_watcher_telegram_webhook_{name}")

    at = datetime(2026, 11, 28, tzinfo=UTC)
    info = WebhookInfo("https://x.example", False, 7, last_error_date=at - timedelta(seconds=90))  # noqa: FBT003
    note_webhook(info, now=at)
    assert (gauge("pending"), gauge("error_age_seconds")) == (7, 90)
    note_webhook(WebhookInfo("https://x.example", False, 0), now=at)  # noqa: FBT003
    assert (gauge("pending"), gauge("error_age_seconds")) == (0, 0)


@pytest.mark.parametrize("days", [30, -1])
async def test_the_end_of_the_certificate_is_known(tmp_path: Path, days: int) -> None:
    context = certificate(tmp_path, days=days)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
    ends_at = await certificate_end(f"https://localhost:{port}/hook", trusted)
    assert ends_at == (pytest.approx(unix() + days * 86_400, abs=60) if days > 0 else 0.0)
    assert await certificate_end(f"https://localhost:{port}/hook", ssl.create_default_context()) is None
    assert await certificate_end("http://localhost/hook", trusted) is None
    server.close()
    await server.wait_closed()


def certificate(folder: Path, *, days: int) -> ssl.SSLContext:
    """A context of a server with a certificate of its own that ends in so many days."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl, which is not here")
    key, made = folder / "key.pem", folder / "certificate.pem"
    (folder / "index").touch()
    (folder / "ca.cnf").write_text(CERTIFICATES.format(folder=folder))
    asked = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    asked += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key)]
    signed = ["ca", "-batch", "-selfsign", "-notext", "-config", str(folder / "ca.cnf"), "-keyfile", str(key)]
    begin, end = (f"{now() + timedelta(days=number):%Y%m%d%H%M%SZ}" for number in (-10, days))
    signed += ["-startdate", begin, "-enddate", end, "-in", str(folder / "request"), "-out", str(made)]
    for words in ([*asked, "-out", str(folder / "request")], signed):
        subprocess.run([openssl, *words], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context
