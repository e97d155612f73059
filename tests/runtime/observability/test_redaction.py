from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.observability.redaction import Redactor, redact

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"POST https://api.telegram.org/bot{_TOKEN}/sendMessage", "POST https://api.telegram.org/bot123456789:***/sendMessage"),
        (f"token={_TOKEN}", "token=***"),
        ("https://rpc.example.org/?api-key=0a1b2c3d", "https://rpc.example.org/?api-key=***"),
        ("https://rpc.example.org/?a=1&apiKey=0a1b2c3d&b=2", "https://rpc.example.org/?a=1&apiKey=***&b=2"),
        ("redis://:s3cr3t@127.0.0.1:6379/0", "redis://:***@127.0.0.1:6379/0"),
        ("rediss://user:p@ss@host", "rediss://user:***@host"),
        ("postgresql://whale:pa%20ss@db:5432/whale", "postgresql://whale:***@db:5432/whale"),
        ("host=db user=whale password=secret dbname=x", "host=db user=whale password=*** dbname=x"),
        ("password='two words' host=x", "password=*** host=x"),
        ("https://node.example.org/v2/AbCdEfGhIjKlMnOpQrStUvWxYz012345", "https://node.example.org/v2/***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    ],
)  # fmt: skip
def test_it_knows_secrets_by_their_shape(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "slot 123456789: 12 transactions",
        "http://127.0.0.1:8081/health",
        "mint So11111111111111111111111111111111111111112",
        "2026-11-22T01:02:03.456Z INFO bot/1",
        "tokens=3 seen",
    ],
)
def test_it_leaves_ordinary_texts_alone(text: str) -> None:
    assert redact(text) == text


@given(st.text(min_size=6), st.text(), st.text())
def test_a_known_value_never_survives(secret: str, before: str, after: str) -> None:
    masked = Redactor([secret])(before + secret + after)
    assert secret not in masked.replace("***", "") or secret in before + after


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "a://b:", "token", "token= ", "https://", "://", "1", "1:", "password='"]
)
def test_a_hostile_text_takes_no_longer_than_another(piece: str) -> None:
    began = time.monotonic()
    redact(piece * (64_000 // len(piece)))
    assert time.monotonic() - began < 1


def test_a_secret_inside_a_longer_one_does_not_spare_the_rest() -> None:
    assert Redactor(["abcdef", "abcdefghij"])("abcdefghij") == "***"


def test_short_values_are_no_secrets() -> None:
    assert Redactor(["", "bot"])("the bot") == "the bot"
