from __future__ import annotations

from dataclasses import fields

from runtime.settings.env_example import example_env
from runtime.settings.settings import Settings


def test_each_setting_is_commented_out_under_its_sentence() -> None:
    lines = example_env().splitlines()
    for spec in fields(Settings):
        assert f"# {spec.metadata['sentence']}" in lines
        assert any(line.startswith(f"#{spec.name.upper()}=") for line in lines)


def test_an_example_stands_where_there_is_one_and_else_the_default() -> None:
    text = example_env()
    assert "#ADMIN_IDS=123456,789012\n" in text
    assert "#COALESCE_SECONDS=3\n" in text
    assert "#WEBHOOK_SECRET=\n" in text
