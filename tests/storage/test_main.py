"""`python -m storage migrate`."""

import pytest

from storage.__main__ import USAGE, main


@pytest.mark.parametrize("arguments", [[], ["backup"], ["migrate", "now"], ["erase", "all"]])
def test_another_command_is_refused_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert USAGE in capsys.readouterr().err


def test_without_a_database_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["migrate"]) == 1
    assert "DATABASE_URL is not set" in capsys.readouterr().err


@pytest.mark.services
def test_a_migrated_database_is_up_to_date(
    direct_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", direct_url)
    assert main(["migrate"]) == 0
    assert "up to date" in capsys.readouterr().out
