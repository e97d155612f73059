"""A check is made of its topic, and the worst grade wins."""

import pytest

from domain.security.checks import CheckName, Family, Grade, Source, Topic, Verdict, worst_grade
from domain.sentences import sentence

TOPIC = Topic(name=CheckName.PAUSE, family=Family.CONTROL, source=Source(name="mint account", slot=9))


def test_a_topic_makes_checks_that_name_their_source() -> None:
    check = TOPIC.failed(sentence("It is stopped."), Grade.F)
    assert (check.name, check.family, check.source.slot) == ("pause", Family.CONTROL, 9)
    assert (check.verdict, check.at_best) == (Verdict.FAIL, Grade.F)


def test_a_pass_leaves_every_grade_open() -> None:
    assert TOPIC.passed(sentence("As usual.")).at_best is Grade.A
    assert TOPIC.warned(sentence("Hm."), Grade.C).verdict is Verdict.WARN
    assert TOPIC.unknown(sentence("Not known."), Grade.C).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("grades", "worst"), [((), Grade.A), ((Grade.B, Grade.A), Grade.B), ((Grade.F, Grade.C), Grade.F)]
)
def test_the_worst_grade_wins(grades: tuple[Grade, ...], worst: Grade) -> None:
    assert worst_grade(grades) is worst
