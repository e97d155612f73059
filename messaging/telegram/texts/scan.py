"""The card of a security scan: grade, families, what was done, what could be done, what is unknown. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.security.checks import NOT_KNOWN, Check, Family, Verdict
from domain.security.control import NOT_A_TOKEN
from domain.security.history import since
from domain.security.scan import Scan, family_verdict, grade, was_done
from domain.sentences import Sentence
from messaging.languages.locale import ENGLISH, Locale, gettext_noop, rendered
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.check_words import check_name, reason_words
from messaging.telegram.texts.times import moment

_SIGNS = {Verdict.PASS: "✅", Verdict.WARN: "⚠️", Verdict.FAIL: "❌", Verdict.UNKNOWN: "❔"}
_MARKS = {Verdict.FAIL: "🔴", Verdict.WARN: "🟡", Verdict.UNKNOWN: "⚪"}
_ORDER = (Verdict.FAIL, Verdict.WARN)
_MAX_REASON = 220
"""Characters of a reason; chain text in it is cut before."""
_MAX_FINDINGS = 16
_MAX_OPEN = 2
"""Lines of what is not known that stand without a tap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTimes:
    """When what a card shows was read, when it is shown, and when the scan before was."""

    read_at: datetime
    now: datetime
    earlier_at: datetime | None = None


def scan_card(
    scan: Scan,
    *,
    chain: str,
    times: CardTimes,
    news: Sequence[Sentence] = (),
    is_partial: bool = False,
    locale: Locale = ENGLISH,
) -> str:
    """The whole answer to a scan, as Telegram HTML; a reading of today has a time only.

    Args:
        scan: what was found.
        chain: on which the token is.
        times: of the reading, of the scan before, and now.
        news: what changed since the scan before.
        is_partial: more is still being read.
        locale: of who reads it.
    """
    slot = [locale.gettext("Slot {slot}", slot=locale.number(scan.slot))] if scan.slot is not None else []
    lines = [
        locale.gettext(
            "🛡 <b>{title}</b> · grade <b>{grade}</b>",
            title=_title(scan, chain, locale=locale),
            grade=grade(scan),
        ),
        " · ".join(
            f"{_SIGNS[family_verdict(scan, family)]} {family_name(family, locale=locale)}"
            for family in Family
        ),
        _coverage(scan, is_partial=is_partial, locale=locale),
        *_news(news, times, locale=locale),
        *_about(scan, locale=locale),
        *_findings(scan, locale),
        *_unknown(scan, locale=locale),
        " · ".join([*slot, moment(times.read_at, times.now)]),
        f"<code>{escape(scan.subject)}</code>",
    ]
    return "\n".join(line for line in lines if line)


def not_a_mint(subject: str, reason: Sentence, *, locale: Locale = ENGLISH) -> str:
    """The answer when there is no token at the address; `reason` is that of the check of the mint account.

    Args:
        subject: the address that was asked about.
        reason: of the check of the mint account.
        locale: of the reader.
    """
    why = rendered(_without_beginning(reason, NOT_A_TOKEN), locale=locale).rstrip(_STOPS)
    return locale.gettext(
        "🛡 <code>{subject}</code> is not a token: {why}.\n/scan takes a token's mint address "
        "or symbol. For a wallet, use /balance or /watch.",
        subject=escape(subject),
        why=escape(why),
    )


def scan_failed(subject: str, *, locale: Locale = ENGLISH) -> str:
    """The answer when no node could be read in time."""
    return locale.gettext(
        "🛡 <code>{subject}</code> could not be scanned: the network isn't responding. This "
        "says nothing about the token. Try /scan again in a minute.",
        subject=escape(subject),
    )


def scan_unreadable(subject: str, *, locale: Locale = ENGLISH) -> str:
    """The answer when nodes send what cannot be read."""
    return locale.gettext(
        "🛡 <code>{subject}</code> could not be scanned: the node sent something unreadable. "
        "This says nothing about the token. Try /scan again in a minute.",
        subject=escape(subject),
    )


_FAMILIES = {
    Family.CONTROL: gettext_noop("Control"),
    Family.IDENTITY: gettext_noop("Identity"),
    Family.HOLDERS: gettext_noop("Holders"),
    Family.LIQUIDITY: gettext_noop("Liquidity"),
    Family.TRADING: gettext_noop("Trading"),
    Family.CREATOR: gettext_noop("Creator"),
}


def family_name(family: Family, *, locale: Locale = ENGLISH) -> str:
    """Of checks, as a title."""
    return locale.gettext(_FAMILIES[family])


def _title(scan: Scan, chain: str, *, locale: Locale = ENGLISH) -> str:
    return TokenNames(chain=chain, symbols={scan.subject: scan.symbol}, locale=locale).of(scan.subject)


def _coverage(scan: Scan, *, is_partial: bool, locale: Locale = ENGLISH) -> str:
    line = locale.gettext(
        "{decided} of {number} checks decided. Unknown ≠ safe.", decided=scan.decided, number=len(scan.checks)
    )
    return f"{line} {locale.gettext('Reading on…')}" if is_partial else line


def _news(news: Sequence[Sentence], times: CardTimes, *, locale: Locale = ENGLISH) -> list[str]:
    if not news or times.earlier_at is None:
        return []
    time = rendered(since((times.now - times.earlier_at).total_seconds()), locale=locale)
    found = ", ".join(rendered(one, locale=locale) for one in news)
    return [escape(locale.gettext("{since}: {list}.", since=time, list=found))]


def _about(scan: Scan, *, locale: Locale = ENGLISH) -> list[str]:
    """Return who stands behind it, and what it calls itself."""
    lines = (
        [] if scan.name is None else [locale.gettext("Name: {name}", name=escape(clean(scan.name, limit=32)))]
    )
    if scan.issuer is None:
        return lines
    by_design = locale.gettext(
        "IC: a {kind} of {name} ({source}).",
        kind=rendered(scan.issuer.kind, locale=locale),
        name=locale.gettext(scan.issuer.name),
        source=rendered(scan.issuer.source, locale=locale),
    )
    if scan.powers:
        trust = locale.gettext("These powers are by design: holding it means trusting who has them.")
        return [*lines, f"{escape(by_design)} {trust}"]
    return [*lines, escape(by_design)]


def _findings(scan: Scan, locale: Locale) -> list[str]:
    return [
        *_found(locale.gettext("What was done"), [one for one in scan.checks if was_done(one)], locale),
        *_found(
            locale.gettext("What could happen"), [one for one in scan.checks if not was_done(one)], locale
        ),
    ]


def _found(title: str, checks: Iterable[Check], locale: Locale) -> list[str]:
    found = sorted(
        (check for check in checks if check.verdict in _ORDER), key=lambda check: _ORDER.index(check.verdict)
    )
    lines = [_finding(check, locale) for check in found[:_MAX_FINDINGS]]
    return [f"<b>{title}</b>", *lines] if lines else []


def _finding(check: Check, locale: Locale) -> str:
    name = check_name(check.name, locale=locale)
    return _named(check.verdict, name, _reason(check.said, locale), locale)


def _named(verdict: Verdict, name: str, text: str, locale: Locale) -> str:
    """Sign, name and words of a check, as in `🔴 mint authority: Boss can make more tokens at will`."""
    return f"{_MARKS[verdict]} {escape(locale.gettext('{name}: {text}', name=name, text=text))}"


def _reason(said: Sentence, locale: Locale) -> str:
    reason = reason_words(said, locale=locale)
    return reason if len(reason) <= _MAX_REASON else f"{reason[: _MAX_REASON - 1]}…"


_STOPS = ".。"
"""What ends a sentence."""


def _without_beginning(said: Sentence, beginning: str) -> Sentence:
    """Return what stands behind the words by which such reasons begin."""
    why = said.values.get("why")
    return why if said.text == beginning and isinstance(why, Sentence) else said


def _open_question(check: Check, locale: Locale) -> str:
    """Why it is not known, as a sentence."""
    text = _reason(_without_beginning(check.said, NOT_KNOWN), locale)
    return f"{text[:1].upper()}{text[1:].rstrip(_STOPS)}{_stop(locale)}"


def _stop(locale: Locale) -> str:
    """Return what ends a sentence in this language; behind that of Chinese stands no space."""
    return locale.gettext("{first}.", first="")


def _unknown(scan: Scan, *, locale: Locale = ENGLISH) -> list[str]:
    """Return what is not known, by family, each reason once; a tap opens what would fill a phone's screen."""
    lines = []
    for family in Family:
        checks = [one for one in scan.checks if one.family is family]
        open_ = [one for one in checks if one.verdict is Verdict.UNKNOWN]
        if open_:
            names = (
                family_name(family, locale=locale)
                if len(open_) == len(checks)
                else ", ".join(check_name(one.name, locale=locale) for one in open_)
            )
            between = " " if _stop(locale) == "." else ""
            reasons = between.join(dict.fromkeys(_open_question(one, locale) for one in open_))
            lines.append(_named(Verdict.UNKNOWN, names, reasons, locale))
    if len(lines) > _MAX_OPEN:
        lines = ["<blockquote expandable>" + "\n".join(lines) + "</blockquote>"]
    return [locale.gettext("<b>Not known</b>"), *lines] if lines else []
