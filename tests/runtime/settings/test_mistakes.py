from __future__ import annotations

from runtime.settings.mistakes import Mistake, SettingsError, typos

_KNOWN = frozenset({"BOT_TOKEN", "RPC_URLS", "PORT"})


def test_an_error_has_one_line_for_each_mistake() -> None:
    error = SettingsError((Mistake(name="A", what="is wrong."), Mistake(name="B", what="is too.")))
    assert str(error) == "A is wrong.\nB is too."


def test_a_known_name_is_no_typo() -> None:
    assert not list(typos({"BOT_TOKEN": "x", "BOT_TOKEN_FILE": "x"}, _KNOWN))


def test_a_similar_name_next_to_the_right_one_is_somebody_elses() -> None:
    assert not list(typos({"RPC_URL": "x", "RPC_URLS": "y"}, _KNOWN))


def test_a_typo_without_a_value_does_no_harm() -> None:
    assert not list(typos({"RPC_URL": ""}, _KNOWN))
