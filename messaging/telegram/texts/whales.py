"""Scan sessions and the whales they found, as operators and followers read them. Pure."""

from collections.abc import Sequence

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS
from domain.activity.addresses import short
from domain.whale_search import MAX_MINUTES, MAX_ERRORS_IN_ROW, WhaleSearch, WhaleSearchStatus, Whale
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import date_time
from messaging.telegram.well_known_tokens import NATIVE_SYMBOLS

PAGE = 5
"""Whales on one page of the list."""
_LONGEST_ERROR = 200
_MOST_VENUES = 3
_LIGHTS = {
    WhaleSearchStatus.RUNNING: "🟢",
    WhaleSearchStatus.STOPPED: "⏹",
    WhaleSearchStatus.EXPIRED: "🏁",
    WhaleSearchStatus.FAILED: "🔴",
}
USAGE = (
    "/scanner start [min SOL] [minutes]: look for whales in the background\n"
    "/scanner stop: end it\n"
    "/scanner status: how far it is\n"
    "/scanner csv: everything found, as a file"
)


def scan_standing(session: WhaleSearch) -> str:
    """All that is known of a scan session."""
    s = session
    coin = _coin(s.chain)
    least = f"{amounts.exact(s.min_lamports, SOL_DECIMALS)} {coin}"
    volume = f"{amounts.compact(s.volume, SOL_DECIMALS)} {coin}"
    lines = [
        f"🔭 <b>Scan session {s.search_id}</b>",
        f"{_LIGHTS[s.status]} {_state(s)}",
        f"Looks for {least} or more · {s.slots_per_step} blocks a step",
        _reach(s),
        f"Swaps {s.swaps:,} · transfers {s.transfers:,} · volume {volume}",
        f"New whales {s.addresses_found:,} · /whales lists them",
        f"Requests {s.requests:,} · unreadable transactions {s.undecodable:,}",
        _errors(s),
    ]
    return "\n".join(line for line in lines if line)


def scan_started(session: WhaleSearch) -> str:
    """It runs from now on."""
    return f"Started.\n\n{scan_standing(session)}"


def scan_runs_already(session: WhaleSearch) -> str:
    """Another one runs."""
    return f"One is running already; /scanner stop ends it.\n\n{scan_standing(session)}"


def scan_stopped(session: WhaleSearch) -> str:
    """An operator has ended it."""
    return f"Stopped.\n\n{scan_standing(session)}"


def scan_ended(session: WhaleSearch) -> str:
    """It has ended by itself: its time is over, or it failed."""
    if session.status is not WhaleSearchStatus.FAILED:
        return f"The time of this scan session is over.\n\n{scan_standing(session)}"
    return (
        f"⚠️ Scan session {session.search_id} failed after {MAX_ERRORS_IN_ROW} errors in a row."
        f" Nothing counted is lost; /scanner start begins a new one.\n\n{scan_standing(session)}"
    )


def no_scan() -> str:
    """There has never been one."""
    return f"No scan session has run yet.\n\n{escape(USAGE)}"


def nothing_to_stop() -> str:
    """None runs."""
    return "No scan session is running."


def usage() -> str:
    """What /scanner understands."""
    return escape(USAGE)


def bad_minimum() -> str:
    """The first word after start is no amount; plain text."""
    return "The minimum is a number of SOL from 0.001 to 1000000, such as /scanner start 100 30."


def bad_minutes() -> str:
    """The second word is no time; plain text."""
    return (
        f"The time is a whole number of minutes from 1 to {MAX_MINUTES}, such as /scanner start 100 30."
    )


def no_whales() -> str:
    """Nothing was found yet."""
    return "🐋 No whales have been found yet. They show up here when operators let the scanner look for them."


def whales_list(whales: Sequence[Whale], *, page: int, total: int, chain: str) -> str:
    """One page of the found addresses, most volume first."""
    pages = max(1, -(-total // PAGE))
    head = f"🐋 <b>Whales found: {total:,}</b>" + (f" · page {page + 1} of {pages}" if pages > 1 else "")
    entries = (_entry(page * PAGE + place, whale, chain) for place, whale in enumerate(whales, 1))
    return "\n\n".join([head, *entries])


def csv_caption(rows: int, total: int) -> str:
    """What stands under the file."""
    some = f"{rows:,} of {total:,} whales" if rows < total else f"{rows:,} whale{'' if rows == 1 else 's'}"
    return f"{some}, by volume"


def _entry(place: int, whale: Whale, chain: str) -> str:
    coin = _coin(chain)
    what = ", ".join(kind.replace("_", " ") for kind in whale.kinds)
    venues = ", ".join(clean(venue, most=24) for venue in whale.venues[:_MOST_VENUES])
    times = "once" if whale.times_seen == 1 else f"{whale.times_seen:,} times"
    volume, largest = (amounts.compact(raw, SOL_DECIMALS) for raw in (whale.volume, whale.largest))
    return "\n".join(
        [
            f"{place}. <b>{volume} {coin}</b> · seen {times} · largest {largest} {coin}",
            escape(" · ".join(part for part in (what, venues) if part)),
            f"last {date_time(whale.last_seen_at)} · <code>{escape(whale.address)}</code>",
        ]
    )


def follow_label(whale: Whale) -> str:
    """The text of the button that follows it."""
    return f"🐋 Follow {short(whale.address)}"


def _state(session: WhaleSearch) -> str:
    if session.status is not WhaleSearchStatus.RUNNING:
        return session.status.value
    left = f"{span(max(session.seconds_left, 0.0))} left"
    return f"running · {left} · heard of {span(session.silent_seconds)} ago"


def _reach(session: WhaleSearch) -> str:
    if session.last_slot is None:
        return "No slot read yet"
    return f"Slots {session.slots_scanned:,}, the last one {session.last_slot:,}"


def _errors(session: WhaleSearch) -> str:
    if not session.errors:
        return ""
    last = clean(session.last_error or "", most=_LONGEST_ERROR)
    return (
        f"Errors {session.errors:,}, in a row {session.errors_in_row} of {MAX_ERRORS_IN_ROW} · last: {escape(last)}"
    )


def _coin(chain: str) -> str:
    return NATIVE_SYMBOLS.get(chain, "SOL")
