"""SECRETS_KEY: what it may look like, and what is said of what it may not."""

import base64
import secrets

import pytest

from runtime.settings.sealing_keys import key_bytes, sealing_keys
from runtime.settings.secret import Secret

KEY = bytes(range(223, 255))


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(KEY).decode(),
        base64.urlsafe_b64encode(KEY).decode(),
        base64.urlsafe_b64encode(KEY).decode().rstrip("="),
        KEY.hex(),
        KEY.hex().upper(),
    ],
)
def test_a_key_is_32_bytes_in_base64_or_hexadecimal(text: str) -> None:
    assert [key_bytes(key) for key in sealing_keys(text)] == [KEY]


def test_what_is_made_up_for_containers_is_a_key() -> None:
    assert len(key_bytes(Secret(secrets.token_urlsafe(32)))) == 32


def test_several_stand_behind_each_other_on_one_line_or_on_several() -> None:
    one, two = base64.b64encode(KEY).decode(), (b"\x07" * 32).hex()
    assert sealing_keys(f"{two}, {one}\n{two}\n") == (Secret(two), Secret(one))


@pytest.mark.parametrize("text", ["set-me", "x" * 50, KEY.hex()[:-2], base64.b64encode(KEY[:31]).decode()])
def test_anything_else_is_refused_with_how_to_make_one_and_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -base64 32") as caught:
        sealing_keys(text)
    assert text not in str(caught.value)
