"""Names that are never answered hold up nobody else's, and a program that has no room says so."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from threading import Event
from typing import Any

import pytest

from messaging.webhook import look_ups as look_ups_module
from messaging.webhook.look_ups import LookUps, NameUnknown, NotTried, domain_of

FOUND: Sequence[Any] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]


class Resolver:
    """Knows every name but those that begin with `un`; those that begin with `slow` it knows in the end."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.end = Event()

    def __call__(self, host: str, port: int) -> Sequence[Any]:
        del port
        self.asked.append(host)
        if host.startswith("slow"):
            self.end.wait(10)
        if host.startswith(("un", "slow-un")):
            raise socket.gaierror(-2, "unknown")
        return FOUND


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


@pytest.fixture
async def look_ups(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LookUps]:
    monkeypatch.setattr(look_ups_module, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(look_ups_module, "ROOM_SECONDS", 0.02)
    monkeypatch.setattr(look_ups_module, "MAX_LOOK_UPS", 12)
    made = LookUps(resolver)
    yield made
    resolver.end.set()
    await ended(made)
    made.close()


async def ended(look_ups: LookUps) -> None:
    await asyncio.gather(*(found for found, _ in look_ups._under_way.values()), return_exceptions=True)


async def answers(look_ups: LookUps, *hosts: str) -> list[str]:
    found = await asyncio.gather(*(look_ups.addresses(one, 443) for one in hosts), return_exceptions=True)
    return [type(one).__name__ for one in found]


async def test_a_name_is_looked_up_once_for_all_who_ask_and_anew_afterwards(
    look_ups: LookUps, resolver: Resolver
) -> None:
    assert await answers(look_ups, "here.example", "here.example", "here.example") == ["list"] * 3
    assert resolver.asked == ["here.example"]
    assert await look_ups.addresses("here.example", 443) == FOUND
    assert resolver.asked == ["here.example"] * 2


async def test_one_that_failed_is_left_alone_for_a_while_and_no_longer(
    look_ups: LookUps, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        with pytest.raises(NameUnknown):
            await look_ups.addresses("unknown.example", 443)
    assert resolver.asked == ["unknown.example"]
    monkeypatch.setattr(look_ups_module, "_ALONE_SECONDS", 0.0)
    look_ups._alone_until.clear()
    monkeypatch.setattr(look_ups_module, "_ALONE_SHARE", 0.0)
    for _ in range(2):
        with pytest.raises(NameUnknown):
            await look_ups.addresses("unknown.example", 443)
    assert len(resolver.asked) == 3


async def test_names_of_one_domain_that_are_never_answered_leave_room_for_others(
    look_ups: LookUps, resolver: Resolver
) -> None:
    evil = [f"slow{number}.evil.example" for number in range(20)]
    ends = await answers(look_ups, *evil)
    assert ends.count("NameUnknown") == look_ups_module.MAX_OF_DOMAIN
    assert ends.count("NotTried") == 20 - look_ups_module.MAX_OF_DOMAIN
    assert await look_ups.addresses("good.example.org", 443) == FOUND
    assert await answers(look_ups, evil[0]) == ["NameUnknown"], "it is still asked, by one thread"
    assert len(resolver.asked) == look_ups_module.MAX_OF_DOMAIN + 1
    resolver.end.set()
    await ended(look_ups)
    await asyncio.sleep(0)
    assert look_ups._gates == {}, "nothing is kept of a domain that nobody asks for"


async def test_no_domain_shares_the_room_of_another(
    look_ups: LookUps, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answers(look_ups, *(f"slow{number}.evil.example" for number in range(20)))
    monkeypatch.setattr(look_ups_module, "ANSWER_SECONDS", 5.0)
    others = [f"good{number}.org" for number in range(1_000)]
    for host in others:
        assert await look_ups.addresses(host, 443) == FOUND
    assert len(resolver.asked) == look_ups_module.MAX_OF_DOMAIN + len(others)


async def test_without_room_it_was_not_tried_and_room_comes_back(
    look_ups: LookUps, resolver: Resolver
) -> None:
    await answers(look_ups, *(f"slow.evil{number}.example" for number in range(12)))
    with pytest.raises(NotTried):
        await look_ups.addresses("good.example.org", 443)
    resolver.end.set()
    await ended(look_ups)
    assert await look_ups.addresses("good.example.org", 443) == FOUND
    assert await answers(look_ups, "slow.evil0.example") == ["list"], "who answers late is not left alone"


async def test_a_late_failure_leaves_a_name_alone_and_what_is_remembered_has_a_bound(
    look_ups: LookUps, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_ups_module, "_MAX_ALONE", 2)
    assert await answers(look_ups, "slow-unknown.example") == ["NameUnknown"]
    resolver.end.set()
    await ended(look_ups)
    asked = len(resolver.asked)
    assert await answers(look_ups, "slow-unknown.example") == ["NameUnknown"]
    assert len(resolver.asked) == asked
    await answers(look_ups, "un1.example", "un2.example", "un3.example")
    assert len(look_ups._alone_until) <= 2


async def test_after_the_end_nothing_is_looked_up(look_ups: LookUps) -> None:
    look_ups.close()
    with pytest.raises(NotTried):
        await look_ups.addresses("good.example.org", 443)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        *(("a.b.example.org", "example.org"), ("example.org", "example.org"), ("localhost", "localhost")),
        *(("8.8.4.4", "8.8.4.4"), ("2606:4700::1", "2606:4700::1")),
    ],
)
def test_names_of_one_owner_end_alike(host: str, domain: str) -> None:
    assert domain_of(host) == domain
