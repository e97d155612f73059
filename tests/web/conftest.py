"""A running web, the people whose chats it shows, and programs that ask it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from domain.access import Caller, Scope, Standing
from domain.chats import Chat, ChatKind, ChatTarget
from runtime.embedded.ports import free_port
from runtime.processes.http_server import http_server
from runtime.processes.lifecycle import Stop
from runtime.settings.loading import load_settings
from runtime.settings.settings import Settings
from services import wiring
from services.connections import Connections, open_connections
from services.services import Services
from storage.chats.chats import saw_chat
from tests.storage.sample_data import ALICE, CHAIN
from web.callers import COOKIE
from web.feed.hub import FeedHub
from web.wiring import make_application

TOKEN = "123456789:AAF-made-up-token-of-the-tests"
OPERATOR = 900_001
SECRETS_KEY = base64.b64encode(b"k" * 32).decode()
GROUP = -1_001_000_000_005


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the web answered."""

    status: int
    body: Any
    headers: Mapping[str, str]
    """By name, whatever its case."""


@dataclass(slots=True, kw_only=True)
class Web:
    """The web, and what stands behind it."""

    url: str
    redis_url: str
    services: Services
    connections: Connections
    session: aiohttp.ClientSession
    standings: dict[tuple[int, int], Standing]
    keys: dict[tuple[int, int, frozenset[Scope]], str] = field(default_factory=dict)

    async def key(self, user_id: int = ALICE, *scopes: Scope, chat_id: int | None = None) -> str:
        """A key of this person, for their private chat unless it is said."""
        wanted = frozenset(scopes or {Scope.READ, Scope.WRITE})
        chat = chat_id or user_id
        if (user_id, chat, wanted) not in self.keys:
            kind = ChatKind.PRIVATE if chat > 0 else ChatKind.SUPERGROUP
            await saw_chat(self.connections.database, Chat(chat_id=chat, kind=kind, title="chat"))
            caller = Caller(user_id=user_id, target=ChatTarget(chat_id=chat, kind=kind), scopes=wanted)
            secret, _ = await self.services.access.make_key(caller, name="test", scopes=wanted, days=None)
            self.keys[user_id, chat, wanted] = secret
        return self.keys[user_id, chat, wanted]

    async def ask(self, method: str, path: str, *, key: str = "", body: Any = None, **headers: str) -> Answer:
        """Ask for something; `_` in the names of headers stands for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        async with self.session.request(method, self.url + path, json=body, headers=sent) as response:
            content = await response.read()
            is_json = "json" in response.content_type
            return Answer(
                status=response.status,
                body=await response.json(content_type=None) if is_json and content else content,
                headers=response.headers,
            )

    async def get(self, path: str, key: str) -> Any:
        """Return what a path of the API answers."""
        answer = await self.ask("GET", f"/api/v1{path}", key=key)
        assert answer.status == 200, answer
        return answer.body

    async def sign_in(self, user_id: int = ALICE) -> str:
        """A session of this person, as a cookie."""
        session = await self.services.access.sign_in(await self.services.access.offer_sign_in(user_id))
        return f"{COOKIE}={session}"


@pytest.fixture
def web_settings(postgres_url: str, valkey_url: str) -> Settings:
    return load_settings(
        {
            "BOT_TOKEN": TOKEN,
            "DATABASE_URL": postgres_url,
            "REDIS_URL": valkey_url,
            "CHAIN": CHAIN,
            "ADMIN_IDS": str(OPERATOR),
            "WEB_PORT": str(free_port()),
            "INSTANCE_ID": "web-1",
            "API_BURST": "1000",
            "SECRETS_KEY": SECRETS_KEY,
            "WEBHOOK_ALLOW_NETWORKS": "127.0.0.1/32",
            "API_REQUESTS_PER_MINUTE": "1000",
        }
    )


@pytest.fixture
async def web(web_settings: Settings) -> AsyncIterator[Web]:
    standings: dict[tuple[int, int], Standing] = {}

    async def standing(chat_id: int, user_id: int) -> Standing:
        return standings.get((chat_id, user_id), Standing.NONE)

    async def nothing() -> bool:
        return False

    async def no_file(_: str) -> bytes:
        return b""

    calls = wiring.TelegramCalls(is_there=nothing, is_paused=nothing, standing=standing, read_file=no_file)
    async with open_connections(web_settings) as connections, aiohttp.ClientSession() as session:
        services = wiring.make_services(web_settings, connections, calls)
        hub = FeedHub(services.feed, connections.deliveries_due)
        application = make_application(web_settings, connections, services, hub)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(hub.run(Stop()))
            async with http_server(application, host="127.0.0.1", port=web_settings.web_port):
                yield Web(
                    url=web_settings.web_address,
                    redis_url=web_settings.redis_url.reveal(),
                    services=services,
                    connections=connections,
                    session=session,
                    standings=standings,
                )
                running.cancel()
