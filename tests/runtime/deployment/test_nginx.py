"""nginx.conf with the real nginx, before a server that says what reaches it."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.deployment.nginx import (
    CONFIGURATION,
    LocalPlaces,
    NginxPorts,
    command,
    http_settings,
    localized,
    nginx_ports,
    write_local,
)
from runtime.embedded.ports import LOOPBACK, answers, free_port
from runtime.settings.loading import load_settings, unset_settings
from runtime.settings.parsing import SettingsError
from runtime.settings.settings import Settings
from tests.nginx import SECRET, WEBHOOK, nginx_before

SECRET_HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
ADDRESSES = LocalPlaces(listen="127.0.0.1:1", bots=["127.0.0.1:2", "127.0.0.1:3"], monitors=["127.0.0.1:4"])


def given(settings: Mapping[str, str]) -> Settings:
    return load_settings(unset_settings() | dict(settings))


@asynccontextmanager
async def upstream() -> AsyncIterator[int]:
    """A server in place of a bot, which answers with what it was asked; its port."""

    async def echo(request: web.Request) -> web.StreamResponse:
        if request.path == "/ws":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for message in socket:
                await socket.send_str(f"heard {message.data}")
            return socket
        if request.path == "/api/v1/feed":
            stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await stream.prepare(request)
            await stream.write(b"data: first\n\n")
            await asyncio.sleep(30)
            return stream
        body = await request.read()
        seen = {"path": request.path, "headers": dict(request.headers), "bytes": len(body)}
        return web.json_response(seen, status=503 if request.path == "/ready" else 200)

    app = web.Application(client_max_size=8 << 20)
    app.router.add_route("*", "/{path:.*}", echo)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port := free_port()).start()
    try:
        yield port
    finally:
        await runner.cleanup()


async def post(url: str, headers: Mapping[str, str] = SECRET_HEADER, size: int = 10) -> tuple[int, str]:
    body = io.BytesIO(b"x" * size)
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def get(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, str, Mapping[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


def test_without_a_webhook_no_post_is_admitted() -> None:
    text = http_settings(given({}))
    assert "$has_webhook_secret { default 0; }" in text
    assert "$from_webhook_network { default 1; }" in text


def test_the_networks_and_proxies_of_the_settings_stand_in_it() -> None:
    text = http_settings(given(WEBHOOK | {"WEBHOOK_NETWORKS": "telegram", "TRUSTED_PROXIES": "10.0.0.0/8"}))
    assert "default 0; 149.154.160.0/20 1; 91.108.4.0/22 1;" in text
    assert "set_real_ip_from 10.0.0.0/8;" in text


@pytest.mark.parametrize("path", ['/a"b', "/a;b", "/a b", "/$host", "/a{"])
def test_a_path_that_could_end_a_line_of_nginx_is_refused(path: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_URL"):
        http_settings(given(WEBHOOK | {"WEBHOOK_URL": f"https://bot.example.org{path}"}))


def test_one_machine_has_addresses_instead_of_names_and_no_certificates() -> None:
    text = localized(CONFIGURATION.read_text(), ADDRESSES)
    assert "server 127.0.0.1:2 max_fails" in text
    assert "server 127.0.0.1:3 max_fails" in text
    assert "listen 127.0.0.1:1;" in text
    assert "resolve" not in text.replace("resolved", "")
    assert "certificate" not in text


def test_a_changed_line_of_nginx_conf_is_noticed() -> None:
    with pytest.raises(ValueError, match="listen 8080"):
        localized(CONFIGURATION.read_text().replace("listen 8080;", "listen 80;"), ADDRESSES)


def test_only_the_owner_may_read_what_is_written(tmp_path: Path) -> None:
    file = write_local(tmp_path, given(WEBHOOK), ADDRESSES)
    assert {one.stat().st_mode & 0o777 for one in (file, tmp_path / "nginx-settings" / "http.conf")} == {
        0o600
    }


def test_a_sandbox_telegram_posts_to_nginx_with_a_secret_made_up() -> None:
    ports = nginx_ports(given({"BOTS": "3"}))
    assert len({ports.nginx, *ports.webhooks, *ports.monitors}) == 7
    assert given(ports.environment() | ports.of_bot(2)).port == ports.webhooks[2]
    assert given(ports.environment()).webhook_url == f"http://127.0.0.1:{ports.nginx}/telegram"
    real = NginxPorts(nginx=1, webhooks=(2,), monitors=(3,)).environment()
    assert not {"WEBHOOK_URL", "WEBHOOK_SECRET"} & set(real)


@pytest.mark.services
def test_the_real_nginx_accepts_the_configuration_of_compose_as_it_is(tmp_path: Path) -> None:
    write_local(tmp_path, given(WEBHOOK), ADDRESSES)
    certificates = tmp_path / "certificates"
    certificates.mkdir()
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    files = ["-keyout", str(certificates / "privkey.pem"), "-out", str(certificates / "fullchain.pem")]
    subprocess.run([*make, *files], check=True, capture_output=True)
    text = CONFIGURATION.read_text().replace("/etc/nginx/certificates", str(certificates))
    (tmp_path / "nginx.conf").write_text(text)
    checked = subprocess.run([*command(tmp_path), "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


@pytest.mark.services
async def test_make_run_becomes_nginx_before_the_bots_that_it_was_given(tmp_path: Path) -> None:
    async with upstream() as bot:
        ports = NginxPorts(nginx=free_port(), webhooks=(bot,), monitors=(bot,), webhook_secret=SECRET)
        environ = unset_settings() | ports.environment() | ports.of_nginx() | {"DATA_DIR": str(tmp_path)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "runtime", "nginx"), env=environ, cwd=CONFIGURATION.parent
        )
        async with asyncio.timeout(20):
            while not answers(ports.nginx):  # noqa: ASYNC110 - a port raises no event
                await asyncio.sleep(0.02)
        assert (await post(f"http://127.0.0.1:{ports.nginx}/telegram"))[0] == 200
        process.terminate()
        assert await process.wait() == 0


@pytest.mark.services
async def test_posts_are_admitted_by_the_secret_and_by_nothing_else(tmp_path: Path) -> None:
    async with upstream() as bot:
        with nginx_before([bot], tmp_path) as url:
            status, text = await post(f"{url}/hook")
            assert status == 200
            assert json.loads(text)["path"] == "/telegram"
            assert (await post(f"{url}/telegram"))[0] == 200
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                assert (await post(f"{url}/hook", headers))[0] == 403
            assert (await get(f"{url}/hook", SECRET_HEADER))[0] == 405
            assert (await post(f"{url}/hook", size=1 << 20))[0] == 200
            assert (await post(f"{url}/hook", size=(1 << 20) + 1))[0] == 413
            assert (await post(f"{url}/page", size=(64 << 10) + 1))[0] == 413


@pytest.mark.services
async def test_posts_from_other_networks_than_the_set_ones_are_refused(tmp_path: Path) -> None:
    telegram = WEBHOOK | {"WEBHOOK_NETWORKS": "telegram", "TRUSTED_PROXIES": "127.0.0.1"}
    async with upstream() as bot:
        with nginx_before([bot], tmp_path, settings=telegram) as url:
            assert (await post(f"{url}/hook"))[0] == 403
            assert (await post(f"{url}/hook", SECRET_HEADER | {"X-Forwarded-For": "8.8.8.8"}))[0] == 403
            assert (await post(f"{url}/hook", SECRET_HEADER | {"X-Forwarded-For": "91.108.5.9"}))[0] == 200


@pytest.mark.services
async def test_the_address_of_the_client_is_the_connections_unless_a_trusted_proxy_says_another(
    tmp_path: Path,
) -> None:
    async with upstream() as bot:
        for number, (trusted, seen) in enumerate((("", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.7"))):
            settings = WEBHOOK | {"TRUSTED_PROXIES": trusted}
            with nginx_before([bot], tmp_path / str(number), settings=settings) as url:
                _, text, _ = await get(f"{url}/", {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "1.2.3.4"})
                headers = json.loads(text)["headers"]
                assert headers["X-Real-IP"] == headers["X-Forwarded-For"] == seen


@pytest.mark.services
async def test_metrics_and_the_detail_of_health_stay_inside_and_readiness_is_the_bots(tmp_path: Path) -> None:
    async with upstream() as bot:
        with nginx_before([bot], tmp_path) as url:
            for path in ("/metrics", "/health", "/health/detail", "/healthz"):
                assert (await get(url + path))[0] == 404
            assert (await get(f"{url}/live"))[:2] == (200, "live\n")
            status, text, headers = await get(f"{url}/ready")
    assert status == 503
    assert json.loads(text)["path"] == "/ready"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers  # this was plain HTTP
    assert headers["Server"] == "nginx"


@pytest.mark.services
@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(lambda url: get(f"{url}/"), {200, 429}, id="pages"),
        pytest.param(lambda url: get(f"{url}/api/v1"), {200, 429}, id="API"),
        pytest.param(lambda url: post(f"{url}/hook"), {200}, id="webhook"),
    ],
)
async def test_an_address_has_its_limit_on_pages_and_the_api_and_none_on_the_webhook(
    ask: Callable[[str], Awaitable[tuple[int, str]]], expected: set[int], tmp_path: Path
) -> None:
    async with upstream() as bot:
        with nginx_before([bot], tmp_path) as url:
            statuses = [answer[0] for answer in await asyncio.gather(*(ask(url) for _ in range(120)))]
    assert set(statuses) == expected


@pytest.mark.services
async def test_a_bot_that_is_dead_is_passed_over(tmp_path: Path) -> None:
    async with upstream() as living:
        with nginx_before([free_port(), living, free_port()], tmp_path) as url:
            assert {(await post(f"{url}/hook"))[0] for _ in range(20)} == {200}


@pytest.mark.services
async def test_a_bot_that_cannot_store_a_post_is_passed_over(tmp_path: Path) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=503)

    app = web.Application()
    app.router.add_post("/telegram", refuse)
    async with TestServer(app, host=LOOPBACK) as refusing, upstream() as storing:
        with nginx_before([refusing.port or 0, storing], tmp_path) as url:
            assert {(await post(f"{url}/hook"))[0] for _ in range(20)} == {200}


@pytest.mark.services
@pytest.mark.parametrize("path", ["/api/v1/feed", "/api/v1", "/ws", "/", "/ready"])
async def test_pages_are_bounded_together_and_leave_room_for_posts(path: str, tmp_path: Path) -> None:
    few = {"limit_conn pages_of_all 2048;": "limit_conn pages_of_all 2;"}
    async with upstream() as bot, aiohttp.ClientSession() as session, AsyncExitStack() as streams:
        with nginx_before([bot], tmp_path, changes=few) as url:
            for _ in range(2):
                await streams.enter_async_context(session.get(f"{url}/api/v1/feed"))
            assert (await get(f"{url}{path}"))[0] == 429
            assert (await post(f"{url}/hook"))[0] == 200


@pytest.mark.services
async def test_a_bot_that_cuts_a_post_off_is_passed_over_and_the_post_is_repeated(tmp_path: Path) -> None:
    async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(cut, LOOPBACK, 0)
    async with upstream() as living, server:
        with nginx_before([server.sockets[0].getsockname()[1], living], tmp_path) as url:
            assert {(await post(f"{url}/hook"))[0] for _ in range(20)} == {200}


@pytest.mark.services
@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nHost: x", b""], ids=["headers", "nothing"])
async def test_a_client_that_is_slow_with_its_headers_is_let_go(start: bytes, tmp_path: Path) -> None:
    quick = {"client_header_timeout 10s;": "client_header_timeout 300ms;"}
    async with upstream() as bot:
        with nginx_before([bot], tmp_path, changes=quick) as url:
            assert await _said_before_it_is_let_go(url, start) == b""


@pytest.mark.services
async def test_a_client_that_is_slow_with_its_body_is_let_go_and_never_reaches_a_bot(tmp_path: Path) -> None:
    quick = {"client_body_timeout 10s;": "client_body_timeout 300ms;"}
    secret = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"
    start = f"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n{secret}\r\n\r\n1"
    async with upstream() as bot:
        with nginx_before([bot], tmp_path, changes=quick) as url:
            assert b"bytes" not in await _said_before_it_is_let_go(url, start.encode())


async def _said_before_it_is_let_go(url: str, start: bytes) -> bytes:
    """Return what a client gets to read that begins a request and does not end it."""
    reader, writer = await asyncio.open_connection(LOOPBACK, int(url.rpartition(":")[2]))
    writer.write(start)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.services
async def test_websockets_and_event_streams_pass(tmp_path: Path) -> None:
    async with upstream() as bot, aiohttp.ClientSession() as session:
        with nginx_before([bot], tmp_path) as url:
            async with session.ws_connect(f"{url}/ws") as socket:
                await socket.send_str("hello")
                assert (await socket.receive_str(timeout=5)) == "heard hello"
            async with session.get(f"{url}/api/v1/feed") as stream, asyncio.timeout(5):
                assert await stream.content.readline() == b"data: first\n"
