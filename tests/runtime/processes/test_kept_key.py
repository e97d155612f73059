"""`make run` makes up a key once, for its owner alone, and none where the operator decides."""

import stat
from pathlib import Path

import pytest

from runtime.embedded.engine import EmbeddedError
from runtime.processes.kept_key import kept_key_file, key_notes
from runtime.settings.loading import load_settings, unset_settings

KEY = "A" * 43 + "="
NOTHING_SET = load_settings(unset_settings())


def test_a_key_is_made_up_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = Path(kept_key_file(tmp_path, NOTHING_SET))
    first = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept_key_file(tmp_path, NOTHING_SET) == str(file)
    assert file.read_text() == first
    settings = load_settings(unset_settings() | {"SECRETS_KEY_FILE": str(file)})
    assert [key.reveal() for key in settings.secrets_key] == [first.strip()]
    assert first.strip() in settings.secrets()


@pytest.mark.parametrize(
    ("environ", "notes"),
    [({"SECRETS_KEY": KEY}, 0), ({"DATABASE_URL": "postgresql://a@b/c"}, 1)],
)
def test_where_the_operator_decides_none_is_made_up(
    tmp_path: Path, environ: dict[str, str], notes: int
) -> None:
    settings = load_settings(unset_settings() | environ)
    assert kept_key_file(tmp_path, settings) == ""
    assert [*tmp_path.iterdir()] == []
    assert len(key_notes(settings)) == notes


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError):
        kept_key_file(tmp_path / "is not there", NOTHING_SET)


def test_a_key_that_was_half_written_is_made_up_anew(tmp_path: Path) -> None:
    (tmp_path / "secrets_key.new").write_text("ha")
    assert len(Path(kept_key_file(tmp_path, NOTHING_SET)).read_text()) == 45
