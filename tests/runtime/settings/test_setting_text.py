from __future__ import annotations

from pathlib import Path

import pytest

from runtime.settings.secret import Secret
from runtime.settings.setting_text import env_text, masked


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Secret(), "(unset)"),
        (Secret("0123456789"), "***"),
        (Secret("redis://:pw@host"), "redis://:***@host"),
        ((Secret("https://a/?api-key=1"), Secret("https://b")), "https://a/?api-key=***, https://b"),
        ((), "(unset)"),
        ("", "(unset)"),
        (frozenset({2, 1}), "1,2"),
        (30.0, "30"),
        (Path(".data"), ".data"),
    ],
)
def test_values_are_shown_without_their_secrets(value: object, text: str) -> None:
    assert masked(value) == text


def test_a_secret_is_never_written() -> None:
    assert env_text(Secret("x")) == ""
