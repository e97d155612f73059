"""A server that dies is started again, also when it dies while it starts; what never starts ends the run."""

import asyncio

import pytest

from runtime.embedded.engine import EmbeddedError
from runtime.processes import kept_servers
from runtime.processes.kept_servers import MAX_TRIES, keep_server


class FakeServer:
    """Dies at once, and fails at so many starts."""

    log = "postgres.log"

    def __init__(self, failures: int, *, deaths: int = 1, moves: bool = False) -> None:
        self.url = "postgresql://here"
        self.starts = 0
        self._failures, self._deaths, self._moves = failures, deaths, moves

    async def died(self) -> int:
        if not self._deaths:
            await asyncio.Event().wait()
        self._deaths -= 1
        return -9

    async def start(self) -> None:
        self.starts += 1
        if self.starts <= self._failures:
            raise EmbeddedError("PostgreSQL does not start.")
        if self._moves:
            self.url = "postgresql://elsewhere"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_servers, "PAUSE_SECONDS", 0.0)


async def kept(server: FakeServer) -> list[str]:
    """Return what is said until it rests."""
    said: list[str] = []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await keep_server("PostgreSQL", server, said.append)
    return said


async def test_what_dies_is_started_again_and_that_is_said() -> None:
    server = FakeServer(0, deaths=2)
    said = await kept(server)
    assert server.starts == 2
    assert said[0] == "PostgreSQL ended with code -9; it is started again (log: postgres.log)"


async def test_what_dies_while_it_starts_is_tried_again() -> None:
    server = FakeServer(2)
    said = await kept(server)
    assert server.starts == 3
    assert said[1:] == ["PostgreSQL does not start. It is tried again."] * 2


async def test_what_never_starts_ends_the_run() -> None:
    server = FakeServer(MAX_TRIES)
    with pytest.raises(EmbeddedError, match="does not start"):
        await keep_server("PostgreSQL", server, lambda _: None)
    assert server.starts == MAX_TRIES


async def test_a_port_that_went_to_another_program_ends_the_run() -> None:
    with pytest.raises(EmbeddedError, match="lost its port"):
        await keep_server("PostgreSQL", FakeServer(0, moves=True), lambda _: None)
