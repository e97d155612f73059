from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from runtime.settings.secret import Secret, env_text, masked


def test_it_shows_its_text_only_when_asked() -> None:
    secret = Secret("hush-hush")
    assert secret.reveal() == "hush-hush"
    assert "hush" not in f"{secret} {secret!r} {[secret]}"


def test_an_empty_secret_is_false() -> None:
    assert not Secret()
    assert Secret("x")


def test_equal_texts_are_equal_secrets() -> None:
    assert {Secret("a"), Secret("a")} == {Secret("a")}
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_it_does_not_travel_by_pickle() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret("a"))
    with pytest.raises(TypeError, match="not pickled"):
        copy.copy(Secret("a"))


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
