"""Scenario 31: the disk under PostgreSQL is full. Nothing is called stored that is not, and room is all it needs."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import msgspec
import pytest

from bot.inlet import Inlet
from bot.records import StoredUpdates
from bot.webhook import SECRET_HEADER, Webhook, make_application, serve
from domain.errors import DatabaseUnavailable
from runtime.lifecycle import Stop
from runtime.metrics import db_retries
from runtime.secret import Secret
from sandbox.chain.server import SandboxChain
from tests.bot.conftest import free_port, is_listening, until
from tests.scenarios.fleet import Place
from tests.scenarios.own_postgres import OwnPlace, own_postgres
from tests.scenarios.small_disk import CannotMountError, SmallDisk, small_disk
from tests.scenarios.stage import act, until_told_once, watching

pytestmark = pytest.mark.services


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    try:
        with small_disk(tmp_path_factory.mktemp("small") / "disk") as mounted:
            yield mounted
    except CannotMountError as error:
        pytest.skip(str(error))


class Telegram:
    """Posts updates of some size, and keeps count of those that were taken."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.taken: set[int] = set()
        self.sent = 0
        self._session = session
        self._url = url

    async def post(self) -> int:
        """The status of one update's post."""
        self.sent += 1
        chat = {"id": self.sent, "type": "private"}
        message = {"message_id": 1, "chat": chat, "text": os.urandom(3_000).hex()}
        body = msgspec.json.encode({"update_id": self.sent, "message": message})
        headers = {SECRET_HEADER: "right", "Content-Type": "application/json"}
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            if answer.status == 200:
                self.taken.add(self.sent)
            return answer.status

    async def until_answered(self, status: int) -> None:
        """Post until the answer is this."""
        async with asyncio.timeout(30):
            while await self.post() != status:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def webhook(place: Place) -> AsyncIterator[Telegram]:
    """The bot's door with the real inbox behind it."""
    inlet, stop, port = Inlet(StoredUpdates(database=place.database)), Stop(), free_port()
    application = make_application(Webhook(inlet, Secret("right"), lambda _: None), "https://x.example/hook")
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession() as session:
        storing = group.create_task(inlet.run())
        serving = group.create_task(serve(application, port=port, stop=stop, host="127.0.0.1"))
        await until(lambda: is_listening(port))
        yield Telegram(session, f"http://127.0.0.1:{port}/hook")
        stop.set()
        await serving
        storing.cancel()


async def slot(own: OwnPlace) -> int:
    return int(await own.place.database.fetchval("SELECT max(slot) FROM cursors"))


@pytest.mark.parametrize("full", ["tables", "journal"])
async def test_scenario_31_on_a_full_disk_nothing_is_called_stored_and_room_mends_it(
    full: str, place: Place, disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    async with own_postgres(place, disk.folder) as own, webhook(own.place) as telegram:
        refused = db_retries.labels("DiskFullError")._value
        before = refused.get()
        async with watching(own.place, SCANNER_SOURCE="blocks") as whale:
            await telegram.until_answered(200)
            disk.fill()
            await telegram.until_answered(503)
            if full == "journal":
                await fill_journal(own)
            await act(whale, 20)
            assert await telegram.post() == 503
            disk.clear()
            if own.server.pid is None:  # as whoever watches over it does
                await own.server.start()
            await telegram.until_answered(200)
            await until_told_once(own.place, whale)
        rows = await own.place.database.fetch("SELECT update_id FROM updates")
        assert telegram.taken <= {row["update_id"] for row in rows}
        assert refused.get() > before
        assert "An update was not stored" in caplog.text


async def fill_journal(own: OwnPlace) -> None:
    """Ask for a new piece of it, for which there is no room: PostgreSQL ends itself."""
    with suppress(DatabaseUnavailable):
        await own.place.database.execute("SELECT pg_switch_wal()")
        await own.place.database.execute("UPDATE cursors SET slot = slot")
    async with asyncio.timeout(20):
        await own.server.died()
