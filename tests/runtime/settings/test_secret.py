from __future__ import annotations

import copy
import pickle

import pytest

from runtime.settings.secret import Secret


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
