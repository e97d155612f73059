"""Buttons carry what they were made with, for those they were made for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.telegram.callbacks import (
    MAX_BYTES,
    BadCallback,
    Callback,
    Callbacks,
    ForeignCallback,
    OldCallback,
)

TOKEN = "7000000001:AASandboxSandboxSandboxSandboxSandb"
MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
CALLBACKS = Callbacks(TOKEN)


def test_a_button_carries_its_verb_and_arguments() -> None:
    data = CALLBACKS.write("mute", 4711, 3600, chat_id=-1001)
    assert CALLBACKS.read(data, chat_id=-1001, user_id=5) == Callback(verb="mute", arguments=("4711", "3600"))


def test_a_whole_address_fits() -> None:
    assert len(CALLBACKS.write("scan", MINT, chat_id=-(10**13), user_id=10**12)) <= MAX_BYTES


def test_it_does_not_work_in_another_chat() -> None:
    with pytest.raises(OldCallback):
        CALLBACKS.read(CALLBACKS.write("mute", 1, chat_id=1), chat_id=2, user_id=1)


def test_one_made_for_a_person_is_refused_to_another() -> None:
    data = CALLBACKS.write("stop", 1, chat_id=-5, user_id=7)
    assert CALLBACKS.read(data, chat_id=-5, user_id=7).verb == "stop"
    with pytest.raises(ForeignCallback):
        CALLBACKS.read(data, chat_id=-5, user_id=8)


def test_another_bot_does_not_accept_it() -> None:
    with pytest.raises(OldCallback):
        Callbacks("1:other").read(CALLBACKS.write("mute", 1, chat_id=1), chat_id=1, user_id=1)


@given(st.text(max_size=80))
def test_nothing_forged_is_accepted(data: str) -> None:
    with pytest.raises(BadCallback):
        CALLBACKS.read(data, chat_id=1, user_id=1)


@given(st.integers(0, 30), st.characters())
def test_no_changed_character_is_accepted(position: int, character: str) -> None:
    data = CALLBACKS.write("mute", 4711, 3600, chat_id=1)
    changed = data[:position] + character + data[position + 1 :]
    if changed != data:
        with pytest.raises(BadCallback):
            CALLBACKS.read(changed, chat_id=1, user_id=1)


@pytest.mark.parametrize("parts", [("",), ("a", "b:c"), ("x" * 60,)])
def test_what_does_not_fit_is_not_written(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="callback data"):
        CALLBACKS.write(*parts, chat_id=1)


def test_a_refusal_is_a_sentence_for_the_person() -> None:
    assert "/start" in str(OldCallback())
    assert "not for you" in str(ForeignCallback())
