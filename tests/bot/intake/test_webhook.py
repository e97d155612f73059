"""The webhook: refusals, and 200 only after the store."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from bot.intake.update_writer import UpdateWriter
from bot.intake.webhook import SECRET_HEADER, Webhook, make_application, paths_of, serve
from domain.errors import DatabaseUnavailable
from runtime.processes.health import Health, ready_route
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from storage.chats.updates import ReceivedUpdate, StoreResult
from tests.bot.conftest import free_port, is_listening, until

JSON = {SECRET_HEADER: "right", "Content-Type": "application/json"}
UPDATE = b'{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 7, "type": "private"}, "text": "hi"}}'


class StoreInMemory:
    """Keeps updates in memory, opens when told to, and fails when told to."""

    def __init__(self) -> None:
        self.kept: dict[int, ReceivedUpdate] = {}
        self.open = asyncio.Event()
        self.open.set()
        self.is_away = False
        self.calls = 0

    async def store_updates(self, updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        await self.open.wait()
        self.calls += 1
        if self.is_away:
            raise DatabaseUnavailable("is_away")
        new = {update.update_id for update in updates} - set(self.kept)
        self.kept |= {update.update_id: update for update in updates}
        return dict.fromkeys(new, StoreResult.NEW)


class ServedWebhook:
    """A served webhook."""

    def __init__(
        self, store: StoreInMemory, session: aiohttp.ClientSession, url: str, enqueued: list[int]
    ) -> None:
        self.store, self.session, self.url, self.enqueued = store, session, url, enqueued

    async def post(self, body: bytes = UPDATE, headers: dict[str, str] = JSON, path: str = "/hook") -> int:
        async with self.session.post(self.url + path, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status


@pytest.fixture
async def served() -> AsyncIterator[ServedWebhook]:
    store, stop, port, enqueued = StoreInMemory(), Stop(), free_port(), list[int]()
    update_writer = UpdateWriter(store.store_updates)
    application = make_application(
        Webhook(update_writer, Secret("right"), lambda update, _: enqueued.append(update.chat_id)),
        "https://x.example/hook",
        ready_route(Health()),
    )
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession() as session:
        serving = group.create_task(serve(application, port=port, stop=stop, host="127.0.0.1"))
        opened = ServedWebhook(store, session, f"http://127.0.0.1:{port}", enqueued)
        await until(lambda: is_listening(port))
        yield opened
        stop.set()
        await serving


async def test_a12_an_update_is_stored_before_it_is_answered(served: ServedWebhook) -> None:
    served.store.open.clear()
    async with asyncio.TaskGroup() as group:
        posting = group.create_task(served.post())
        done, _ = await asyncio.wait({posting}, timeout=0.2)
        assert not done
        served.store.open.set()
        assert await posting == 200
    assert served.store.kept[1].chat_id == 7
    assert served.enqueued == [7]


async def test_the_port_of_the_webhook_says_whether_it_is_ready(served: ServedWebhook) -> None:
    async with served.session.get(f"{served.url}/ready") as answer:
        assert (answer.status, await answer.text()) == (200, '{"state": "healthy"}')


async def test_what_cannot_be_stored_is_not_answered_with_200(served: ServedWebhook) -> None:
    served.store.is_away = True
    assert await served.post() == 503
    assert served.enqueued == []
    served.store.is_away = False
    assert await served.post() == 200


async def test_a_repeated_update_is_answered_as_the_first(served: ServedWebhook) -> None:
    assert [await served.post(), await served.post()] == [200, 200]
    assert len(served.store.kept) == 1


async def test_updates_that_come_together_are_stored_together(served: ServedWebhook) -> None:
    served.store.open.clear()
    bodies = [b'{"update_id": %d}' % number for number in range(50)]
    async with asyncio.TaskGroup() as group:
        posts = [group.create_task(served.post(body)) for body in bodies]
        await asyncio.sleep(0.3)
        served.store.open.set()
    assert {post.result() for post in posts} == {200}
    assert served.store.calls < 10


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, UPDATE, 401),
        ({**JSON, SECRET_HEADER: ""}, UPDATE, 403),
        ({**JSON, SECRET_HEADER: "wrong"}, UPDATE, 403),
        ({**JSON, SECRET_HEADER: "rightx"}, UPDATE, 403),
        ({**JSON, "Content-Type": "text/plain"}, UPDATE, 415),
        ({SECRET_HEADER: "right", "Content-Type": "application/x-www-form-urlencoded"}, UPDATE, 415),
        (JSON, b"{" + b" " * 1_100_000 + b"}", 413),
        (JSON, b"{", 400),
        (JSON, b"[]", 400),
        (JSON, b"{}", 400),
        (JSON, b'{"update_id": "one"}', 400),
        (JSON, b'{"update_id": 99999999999999999999}', 400),
        (JSON, b'{"update_id": 1, "x": "\xff"}', 400),
        (JSON, b'{"update_id": 2, "message": {"chat": {"id": 99999999999999999999}}}', 200),
    ],
)
async def test_e70_only_updates_of_telegram_are_taken(
    served: ServedWebhook, headers: dict[str, str], body: bytes, status: int
) -> None:
    assert await served.post(body, headers) == status
    assert bool(served.store.kept) == (status == 200)


async def test_a_body_that_does_not_tell_its_length_is_limited_too(served: ServedWebhook) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 64_000

    async with served.session.post(f"{served.url}/hook", data=endless(), headers=JSON) as answer:
        assert answer.status == 413


async def test_other_methods_and_paths_are_refused(served: ServedWebhook) -> None:
    async with served.session.get(f"{served.url}/hook") as answer:
        assert answer.status == 405
    assert await served.post(path="/") == 404
    assert await served.post(path="/telegram") == 200


def test_it_listens_at_the_path_that_telegram_posts_to() -> None:
    assert paths_of("https://bot.example.org/secret/path") == ("/secret/path", "/telegram")
    assert paths_of("https://bot.example.org") == ("/", "/telegram")


def test_there_is_no_webhook_without_a_secret() -> None:
    with pytest.raises(ValueError, match="without a secret"):
        Webhook(UpdateWriter(StoreInMemory().store_updates), Secret(), lambda *_: None)


async def test_a_taken_port_is_an_error() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    webhook = Webhook(UpdateWriter(StoreInMemory().store_updates), Secret("right"), lambda *_: None)
    with pytest.raises(OSError, match=f"cannot listen on port {port}"):
        await serve(make_application(webhook, "https://x"), port=port, stop=Stop(), host="127.0.0.1")
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("depth", [1_000, 100_000])
async def test_what_is_nested_too_deeply_is_refused_and_not_stored(served: ServedWebhook, depth: int) -> None:
    body = b'{"update_id": 1, "message": ' + b'{"chat": ' * depth + b"1" + b"}" * depth + b"}"
    assert await served.post(body[: 1024 * 1024 - 1] if depth > 50_000 else body) == 400
    unknown = b'{"update_id": 1, "news": ' + b"[" * depth + b"]" * depth + b"}"
    assert await served.post(unknown) == 400
    assert served.store.kept == {}
