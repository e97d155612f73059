from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.embedded.ports import free_port
from runtime.processes.http_server import LOOPBACK, http_server
from runtime.processes.preflight import findings
from runtime.settings.loading import load_settings

_TOKEN = "123456789:AAF-planted-token-of-the-tests-0000"


@asynccontextmanager
async def _server(status: int) -> AsyncIterator[str]:
    """A server that answers everything with one status; its host and port."""

    async def answer(_: Request) -> Response:
        return Response("{}", status)

    port = free_port()
    everything = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    async with http_server(everything, host=LOOPBACK, port=port):
        yield f"127.0.0.1:{port}"


async def test_in_the_sandbox_nothing_is_asked() -> None:
    assert await findings(load_settings({})) == {}


async def test_what_answers_is_not_mentioned() -> None:
    async with _server(200) as host:
        settings = load_settings(
            {"RPC_URLS": f"http://{host}", "BOT_TOKEN": _TOKEN, "TELEGRAM_API_URL": f"http://{host}"}
        )
        assert await findings(settings) == {}


async def test_one_node_of_several_is_enough() -> None:
    async with _server(200) as host:
        settings = load_settings({"RPC_URLS": f"http://127.0.0.1:{free_port()},http://{host}"})
        assert await findings(settings) == {}


async def test_a_node_that_is_not_there_is_named_with_its_cause() -> None:
    port = free_port()
    found = await findings(load_settings({"RPC_URLS": f"http://user:planted@127.0.0.1:{port}/planted"}))
    assert found == {"scanner": f"no node answers at 127.0.0.1:{port}: connection refused; check RPC_URLS"}


async def test_a_key_that_is_refused_is_named_and_not_shown() -> None:
    async with _server(401) as host:
        found = await findings(load_settings({"RPC_URLS": f"http://{host}/?api-key=planted"}))
    assert found == {"scanner": f"no node answers at {host}: HTTP 401, the key is refused; check RPC_URLS"}


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_telegram_refuses_is_named_and_not_shown(status: int) -> None:
    async with _server(status) as host:
        settings = load_settings({"BOT_TOKEN": _TOKEN, "TELEGRAM_API_URL": f"http://{host}"})
        found = await findings(settings)
    assert found == {
        "bot": f"Telegram refuses the bot's token (HTTP {status}); put a valid one into BOT_TOKEN"
    }


async def test_a_telegram_that_does_not_answer_is_named_with_its_cause() -> None:
    port = free_port()
    settings = load_settings({"BOT_TOKEN": _TOKEN, "TELEGRAM_API_URL": f"http://127.0.0.1:{port}"})
    assert await findings(settings) == {
        "bot": f"Telegram does not answer at 127.0.0.1:{port}: connection refused;"
        " check the network, and TELEGRAM_API_URL"
    }
