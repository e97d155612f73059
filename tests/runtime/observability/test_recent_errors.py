"""The errors of a process, by what they are."""

import logging

from runtime.observability.logs import Redactor
from runtime.observability.recent_errors import MAX_GROUPS, RecentErrors


def made() -> tuple[logging.Logger, RecentErrors]:
    kept = RecentErrors(Redactor(["hunter2-hunter2"]))
    log = logging.getLogger("made.up")
    log.handlers, log.propagate = [kept], False
    return log, kept


def test_what_comes_from_one_place_is_one_error_however_its_arguments_differ() -> None:
    log, kept = made()
    for number in range(3):
        log.error("Update %d failed", number)
    log.error("Something else")
    assert [(one["text"], one["count"]) for one in kept.latest(5)] == [
        ("Something else", 1),
        ("Update 2 failed", 3),
    ]


def test_what_is_no_error_is_not_kept_and_no_secret_is() -> None:
    log, kept = made()
    log.warning("a")
    error = ValueError("password=hunter2-hunter2")
    log.error("It failed at redis://:hunter2-hunter2@host", exc_info=error)
    (one,) = kept.latest(5)
    assert one["text"] == "It failed at redis://:***@host (ValueError: password=***)"


def test_however_many_kinds_there_are_the_number_kept_is_bounded() -> None:
    _, kept = made()
    for line in range(MAX_GROUPS + 10):
        record = logging.LogRecord("made.up", logging.ERROR, "file.py", line, "line %d", (line,), None)
        kept.handle(record)
    found = kept.latest(1_000)
    assert len(found) == MAX_GROUPS
    assert found[0]["line"] == MAX_GROUPS + 9


def test_a_record_whose_arguments_do_not_fit_is_kept_as_it_is() -> None:
    _, kept = made()
    kept.handle(logging.LogRecord("made.up", logging.ERROR, "file.py", 1, "%d of %d", ("a",), None))
    assert kept.latest(1)[0]["text"] == "%d of %d"
