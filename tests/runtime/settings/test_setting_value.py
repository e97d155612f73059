from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from runtime.settings.setting_value import value_of
from runtime.settings.settings import Settings

_FIELDS = {spec.name: spec for spec in fields(Settings)}


def test_a_value_comes_from_the_environment_without_blanks_around_it() -> None:
    assert value_of(_FIELDS["port"], {"PORT": " 81 "}) == {"port": 81}


def test_an_unset_or_empty_setting_has_no_value() -> None:
    assert value_of(_FIELDS["port"], {}) == {}
    assert value_of(_FIELDS["port"], {"PORT": " "}) == {}


def test_only_secrets_and_example_wallets_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "value"
    file.write_text("postgresql://a@b/c\n")
    assert value_of(_FIELDS["database_url"], {"DATABASE_URL_FILE": str(file)})["database_url"]
    assert value_of(_FIELDS["chain"], {"CHAIN_FILE": str(file)}) == {}


def test_a_character_beyond_ascii_is_refused_where_a_person_cannot_mean_it() -> None:
    with pytest.raises(ValueError, match="not plain ASCII"):
        value_of(_FIELDS["chain"], {"CHAIN": "sol\u0430na"})
    assert value_of(_FIELDS["data_dir"], {"DATA_DIR": "/tmp/Ähren"}) == {"data_dir": Path("/tmp/Ähren")}
