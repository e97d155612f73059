"""Servers for this machine answer nobody who comes through a page of another site."""

import asyncio
import socket

import aiohttp
import pytest

from runtime.embedded.ports import free_port
from runtime.processes.health import Health, monitor
from runtime.processes.known_hosts import (
    MISDIRECTED,
    comes_from_elsewhere,
    is_form,
    is_known_host,
    refusal,
)

LOOPBACK, ANY = "127.0.0.1", "0.0.0.0"


@pytest.mark.parametrize(
    ("header", "on_loopback", "on_any"),
    [
        ("127.0.0.1:9100", True, True),
        ("localhost", True, True),
        ("LOCALHOST.:80", True, True),
        ("[::1]:9100", True, True),
        (None, True, True),
        ("bot:9100", False, True),
        ("10.1.2.3:9100", False, True),
        ("bot-0.bot.whale.svc.cluster.local:9100", False, True),
        ("bot.whale.svc", False, True),
        ("evil.example", False, False),
        ("127.0.0.1.evil.example", False, False),
        ("localhost.evil.example:9100", False, False),
        ("127.0.0.1@evil.example", False, False),
        ("evil.example#127.0.0.1", False, False),
        ("", False, False),
        ("[::1", False, False),
    ],
)
def test_only_names_that_no_stranger_can_own_are_ours(
    header: str | None, *, on_loopback: bool, on_any: bool
) -> None:
    assert is_known_host(header, LOOPBACK) is on_loopback
    assert is_known_host(header, ANY) is on_any


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        (
            {"Host": "127.0.0.1:8081", "Origin": "http://127.0.0.1:8081", "Sec-Fetch-Site": "same-origin"},
            False,
        ),
        ({"Host": "127.0.0.1:8081", "Sec-Fetch-Site": "none"}, False),
        ({"Host": "127.0.0.1:8081", "Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"}, True),
        ({"Host": "127.0.0.1:8081", "Origin": "https://evil.example"}, True),
        ({"Host": "127.0.0.1:8081", "Origin": "null"}, True),
        ({"Host": "127.0.0.1:8081", "Sec-Fetch-Site": "cross-site"}, True),
    ],
)  # fmt: skip
def test_browsers_say_which_page_asks(headers: dict[str, str], *, elsewhere: bool) -> None:
    assert comes_from_elsewhere(headers) is elsewhere
    assert (refusal("POST", headers, LOOPBACK) is not None) is elsewhere
    assert refusal("GET", headers, LOOPBACK) is None


def test_a_form_is_known_by_its_type() -> None:
    assert is_form({"Content-Type": "text/plain; charset=utf-8"})
    assert is_form({"Content-Type": "Application/X-WWW-form-urlencoded"})
    assert not is_form({"Content-Type": "application/json"})
    assert not is_form({})


@pytest.mark.services
async def test_metrics_and_health_are_not_given_to_a_page_behind_a_rebound_name() -> None:
    port = free_port(0)
    async with monitor(port, Health()), aiohttp.ClientSession() as session:
        for path in ("/metrics", "/live", "/ready", "/health"):
            url = f"http://127.0.0.1:{port}{path}"
            async with session.get(url, headers={"Host": f"evil.example:{port}"}) as answer:
                assert answer.status == MISDIRECTED
                assert "whale_watcher" not in await answer.text()
            async with session.get(url) as answer:
                assert answer.status == 200


@pytest.mark.services
async def test_a_probe_that_names_no_host_is_answered() -> None:
    port = free_port(0)
    async with monitor(port, Health()):
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.sendall(b"GET /live HTTP/1.0\r\n\r\n")
            link.settimeout(5)
            assert await _first_line(link) == b"HTTP/1.1 200 OK"


async def _first_line(link: socket.socket) -> bytes:
    return (await asyncio.to_thread(link.recv, 4096)).split(b"\r\n")[0]
