"""What each gate asks for: one for each, in any language."""

import pytest

from domain.rules.decisions import GATES, Gate
from domain.rules.gates import NO_REASONS
from messaging.telegram.texts.gate_words import gate_words
from tests.messaging.languages.pseudo import PSEUDO
from tests.messaging.telegram.alert_samples import activity


@pytest.mark.parametrize("gate", [gate for gate, _ in GATES])
def test_every_gate_has_words_in_the_language_of_the_reader(gate: Gate) -> None:
    assert gate_words(gate, activity(), NO_REASONS, locale=PSEUDO).startswith("⟦")
