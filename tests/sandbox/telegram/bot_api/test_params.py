"""Parameters in each encoding of a request."""

import io

import aiohttp
import pytest

from tests.sandbox.telegram.calls import call
from tests.sandbox.telegram.stage import TOKEN, Stage

pytestmark = pytest.mark.enable_socket


async def test_all_four_encodings_are_read_alike(stage: Stage, http: aiohttp.ClientSession) -> None:
    values = {"chat_id": stage.alice.id, "text": "<b>é🐳</b>", "parse_mode": "HTML", "protect_content": True}
    strings = {name: str(value) for name, value in values.items()}
    form = aiohttp.FormData(strings, default_to_multipart=True)
    results = [
        await call(http, stage, f"{TOKEN}/sendMessage", json=values),
        await call(http, stage, f"{TOKEN}/SENDMESSAGE", data=strings),
        await call(http, stage, f"{TOKEN}/sendmessage", data=form),
        await call(http, stage, f"{TOKEN}/sendMessage", params=strings),
    ]
    for status, answer in results:
        assert (status, answer["ok"]) == (200, True)
        assert answer["result"]["text"] == "é🐳"
        assert answer["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
        assert answer["result"]["has_protected_content"] is True


async def test_broken_bodies_are_refused(stage: Stage, http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"[1]", b'"x"', b"\xff"):
        status, answer = await call(http, stage, f"{TOKEN}/sendMessage", data=body, headers=headers)
        assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)


async def test_an_upload_beyond_the_limit_is_413(stage: Stage, http: aiohttp.ClientSession) -> None:
    status, answer = await call(http, stage, f"{TOKEN}/sendMessage", data=io.BytesIO(b"x" * (52 << 20)))
    assert (status, answer["description"]) == (413, "Request Entity Too Large")
