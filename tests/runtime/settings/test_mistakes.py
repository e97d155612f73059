from __future__ import annotations

from runtime.settings.mistakes import Mistake, SettingsError, typos

_KNOWN = frozenset({"BOT_TOKEN", "RPC_URLS", "PORT"})


def test_an_error_tells_each_mistake_on_its_line() -> None:
    error = SettingsError((Mistake(name="A", what="is wrong."), Mistake(name="B", what="is too.")))
    assert str(error) == "A is wrong.\nB is too."


def test_a_known_name_is_no_slip() -> None:
    assert not list(typos({"BOT_TOKEN": "x", "BOT_TOKEN_FILE": "x"}, _KNOWN))


def test_a_slip_beside_the_right_name_is_somebody_elses() -> None:
    assert not list(typos({"RPC_URL": "x", "RPC_URLS": "y"}, _KNOWN))


def test_a_slip_without_a_value_does_no_harm() -> None:
    assert not list(typos({"RPC_URL": ""}, _KNOWN))
