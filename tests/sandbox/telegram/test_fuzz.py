"""Whatever a bot sends, the answer is a result or a refusal in Telegram's form, never a crash."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.telegram.bot_api.api import METHODS, Api
from sandbox.telegram.bot_api.call import Call
from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.errors import ApiError

NAMES = [
    "chat_id",
    "text",
    "message_id",
    "reply_markup",
    "reply_parameters",
    "entities",
    "parse_mode",
    "message_thread_id",
    "link_preview_options",
    "commands",
    "scope",
    "language_code",
    "user_id",
    "offset",
    "limit",
    "allowed_updates",
    "callback_query_id",
    "action",
    "photo",
    "document",
    "caption",
    "file_id",
    "secret_token",
]
BUTTON = {"text": "x", "callback_data": "y", "url": "z", "copy_text": {"text": ""}, "style": "loud"}
LIKELY: list[object] = [
    500_000_001,
    -1_001_000_000_001,
    1,
    "HTML",
    "<b>x</b>",
    "",
    "typing",
    [{"type": "bold", "offset": 0, "length": 1}],
    {"inline_keyboard": [[BUTTON]]},
    {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]},
    {"type": "chat", "chat_id": 500_000_001},
    {"type": ["chat"], "message_id": [1]},
    [{"command": "a", "description": "b"}],
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
METHOD_NAMES = sorted(set(METHODS) - {"setwebhook", "deletewebhook"})


@pytest.fixture(scope="module")
def state() -> ServerState:
    made = ServerState(TelegramConfig(limits=FloodLimits(enabled=False)))
    people = People(made, made.bots.first)
    alice = people.add_user("Alice", started=True)
    people.add_group("Club", {alice.id: "creator"})
    return made


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all examples: a loop for each would cost more than the calls."""
    with asyncio.Runner() as found:
        yield found


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(METHOD_NAMES),
    values=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(LIKELY) | JSON, max_size=6),
)
def test_any_call_is_answered_or_refused(
    state: ServerState, runner: asyncio.Runner, method: str, values: dict[str, object]
) -> None:
    call = Call(state=state, bot=state.bots.first, params=Params(values), received_ms=1)
    try:
        result = runner.run(Api(state).execute(call, method))
    except ApiError as refused:
        answer: object = refused.description
    else:
        answer = result
    assert msgspec.json.encode(answer)
