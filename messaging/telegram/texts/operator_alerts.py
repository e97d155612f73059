"""Texts of operator alerts, and of /alerts. Pure."""

from collections.abc import Sequence
from datetime import datetime

from domain.operator_alerts import AlertLevel, OperatorAlert
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import time_of_day

_MAX_NAME = 48
_MAX_SENTENCE = 400
_MAX_LISTED = 12
_ICONS = {
    AlertLevel.INFO: "🔎",
    AlertLevel.WARNING: "🟡",
    AlertLevel.ERROR: "🔴",
    AlertLevel.CRITICAL: "🔥",
}


def begun_text(alerts: Sequence[OperatorAlert], *, runbook: str) -> str:
    """Return what is wrong, unasked: the worst first, each with its cause and where to read what to do.

    Args:
        alerts: at least one.
        runbook: where docs/runbook/ can be read; empty: nowhere.
    """
    ordered = _worst_first(alerts)
    worst = ordered[0].level
    what = "Down" if worst >= AlertLevel.ERROR else "Not well"
    first = f"{_ICONS[worst]} <b>{what}: {', '.join(_name(one) for one in ordered[:_MAX_LISTED])}</b>"
    lines = [_line(one, runbook) for one in ordered[:_MAX_LISTED]]
    return "\n".join([first, *lines, *_more(ordered), "/health shows everything"])


def _line(alert: OperatorAlert, runbook: str) -> str:
    page = f"{alert.page}.md"
    page = (
        f'<a href="{escape(runbook)}/{page}">What to do</a>'
        if runbook
        else f"<code>docs/runbook/{page}</code>"
    )
    level = alert.level.name.lower()
    head = f"<b>{_name(alert)}</b> ({level}), since {time_of_day(alert.since)}"
    return f"{head}: {_sentence(alert.sentence)} · {page}"


def over_text(alerts: Sequence[OperatorAlert]) -> str:
    """Return what works again, unasked."""
    lines = [
        f"{_name(one)}: was down for {span((one.ended_at - one.since).total_seconds())},"
        f" since {time_of_day(one.since)}"
        for one in alerts
        if one.ended_at is not None
    ]
    return "\n".join([f"🟢 <b>Works again: {', '.join(_name(one) for one in alerts)}</b>", *lines])


def alerts_text(
    lasting: Sequence[OperatorAlert], ended: Sequence[OperatorAlert], *, runbook: str, now: datetime
) -> str:
    """/alerts: what lasts, with who takes care of it, and what ended within a day.

    Args:
        lasting: in any order; the worst are listed first.
        ended: each with the time of its end.
        runbook: where docs/runbook/ can be read; empty: nowhere.
        now: with a time zone.
    """
    lines = [_listed(one, runbook, now) for one in _worst_first(lasting)[:_MAX_LISTED]]
    head = [f"<b>Alerts: {len(lasting)}</b>" if lasting else "🟢 <b>No alert</b>"]
    text = [*head, *lines, *_more(lasting)]
    if ended:
        text += ["", "<b>Over within a day</b>", *(_ended(one) for one in ended)]
    return "\n".join(text)


def _listed(alert: OperatorAlert, runbook: str, now: datetime) -> str:
    marks = [f"taken on by {alert.acknowledged_by}"] if alert.acknowledged_by is not None else []
    if alert.silenced_until is not None and alert.silenced_until > now:
        marks.append(f"silent until {time_of_day(alert.silenced_until)}")
    return f"{_ICONS[alert.level]} {_line(alert, runbook)}" + (
        f" · <i>{', '.join(marks)}</i>" if marks else ""
    )


def _ended(alert: OperatorAlert) -> str:
    assert alert.ended_at is not None  # noqa: S101 - the caller's list says so
    lasted = span((alert.ended_at - alert.since).total_seconds())
    return f"• {_name(alert)}, since {time_of_day(alert.since)}, for {lasted}"


def acknowledged_text(number: int) -> str:
    """Somebody has taken alerts on; plain text."""
    return "You take care of it; the others see so in /alerts." if number else "It is over already."


def silenced_text(number: int) -> str:
    """Alerts are silent for an hour; plain text."""
    return "Silent for an hour. That it is over is told." if number else "It is over already."


def _worst_first(alerts: Sequence[OperatorAlert]) -> list[OperatorAlert]:
    return sorted(alerts, key=lambda one: (-one.level, one.since))


def _more(alerts: Sequence[OperatorAlert]) -> list[str]:
    return [f"… and {len(alerts) - _MAX_LISTED} more: /alerts"] if len(alerts) > _MAX_LISTED else []


def _name(alert: OperatorAlert) -> str:
    return escape(clean(alert.name, limit=_MAX_NAME))


def _sentence(text: str) -> str:
    """Our own words, host names among them, which `clean` would take for links."""
    return escape("".join(filter(str.isprintable, text))[:_MAX_SENTENCE])
