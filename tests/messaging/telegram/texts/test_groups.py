"""Words about groups and channels; their titles are hostile."""

import pytest

from messaging.telegram.texts import groups as texts


@pytest.mark.parametrize(
    "write", [texts.confirmed, texts.no_admin, texts.expired, texts.channel_added, texts.acting_for]
)
def test_a_title_is_made_harmless(write: object) -> None:
    assert callable(write)
    text = write("<b>https://evil.example</b>\u202e")
    assert "<b>https" not in text
    assert "evil.example" not in text


def test_notes_fit_over_a_button() -> None:
    for note in (texts.not_confirmed(), texts.called_noise(2, 3), texts.noise_is_off(), texts.members_only()):
        assert len(note) <= 200
