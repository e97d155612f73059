"""What operators read of a whale search: how far it is, how it ended, and what /scanner understands. Pure."""

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS
from domain.whale_search import MAX_ERRORS_IN_ROW, MAX_MINUTES, WhaleSearch, WhaleSearchStatus
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.status import span
from messaging.telegram.texts.whales import coin_of

_MAX_ERROR = 200
_LIGHTS = {
    WhaleSearchStatus.RUNNING: "🟢",
    WhaleSearchStatus.STOPPED: "⏹",
    WhaleSearchStatus.EXPIRED: "🏁",
    WhaleSearchStatus.FAILED: "🔴",
}
USAGE = (
    "/scanner start [min SOL] [minutes]: look for whales in the background\n"
    "/scanner stop: end it\n"
    "/scanner restart [minutes]: let the last one go on where it stood\n"
    "/scanner status: how far it is\n"
    "/scanner finds [number]: what one of them found; /scanner csv [number] sends it as a file\n"
    "/scanner csv: everything found, as a file"
)


def search_progress(search: WhaleSearch) -> str:
    """All that is known of a whale search."""
    s = search
    coin = coin_of(s.chain)
    lowest = f"{amounts.exact(s.min_lamports, SOL_DECIMALS)} {coin}"
    volume = f"{amounts.compact(s.volume, SOL_DECIMALS)} {coin}"
    lines = [
        f"🔭 <b>Whale search {s.search_id}</b>",
        f"{_LIGHTS[s.status]} {_state(s)}",
        f"Looks for {lowest} or more · {counted(s.slots_per_step, 'block')} a step",
        _slots(s),
        f"Swaps {s.swaps:,} · transfers {s.transfers:,} · volume {volume}",
        f"New whales {s.addresses_found:,} · /whales lists them",
        f"Requests {s.requests:,}, about {s.credits:,} credits · unreadable transactions {s.undecodable:,}",
        _errors(s),
    ]
    return "\n".join(line for line in lines if line)


def search_started(search: WhaleSearch) -> str:
    """It runs from now on."""
    return f"Started.\n\n{search_progress(search)}"


def search_runs_already(search: WhaleSearch) -> str:
    """Another one runs."""
    return f"One is running already; /scanner stop ends it.\n\n{search_progress(search)}"


def search_restarted(search: WhaleSearch) -> str:
    """It continues at the slot at which it stood."""
    return f"It goes on where it stood.\n\n{search_progress(search)}"


def nothing_to_restart() -> str:
    """There is none, or it runs."""
    return "There is no whale search to go on with: none has run yet, or it runs."


def no_such_search() -> str:
    """The number names none."""
    return "There is no whale search of this number."


def no_finds(search: WhaleSearch) -> str:
    """One search found nothing yet."""
    return f"Whale search {search.search_id} has found nobody yet."


def search_stopped(search: WhaleSearch) -> str:
    """An operator has ended it."""
    return f"Stopped.\n\n{search_progress(search)}"


def search_ended(search: WhaleSearch) -> str:
    """It has ended by itself: its time is over, or it failed."""
    if search.status is not WhaleSearchStatus.FAILED:
        return f"The time of this whale search is over.\n\n{search_progress(search)}"
    return (
        f"⚠️ Whale search {search.search_id} failed after {MAX_ERRORS_IN_ROW} errors in a row."
        f" Nothing counted is lost; /scanner restart goes on there.\n\n{search_progress(search)}"
    )


def no_search_yet() -> str:
    """There has never been one."""
    return f"No whale search has run yet.\n\n{escape(USAGE)}"


def nothing_to_stop() -> str:
    """None runs."""
    return "No whale search is running."


def usage() -> str:
    """Return what /scanner understands."""
    return escape(USAGE)


def bad_minimum() -> str:
    """The first word after start is no amount; plain text."""
    return "The minimum is a number of SOL from 0.001 to 1000000, such as /scanner start 100 30."


def bad_minutes() -> str:
    """The second word is no time; plain text."""
    return f"The time is a whole number of minutes from 1 to {MAX_MINUTES}, such as /scanner start 100 30."


def _state(search: WhaleSearch) -> str:
    if search.status is not WhaleSearchStatus.RUNNING:
        return search.status.value
    left = f"{span(max(search.seconds_left, 0.0))} left"
    return f"running · {left} · last heartbeat {span(search.silent_seconds)} ago"


def _slots(search: WhaleSearch) -> str:
    if search.last_slot is None:
        return "No slot read yet"
    return f"Slots {search.slots_scanned:,}, the last one {search.last_slot:,}"


def _errors(search: WhaleSearch) -> str:
    if not search.errors:
        return ""
    last = clean(search.last_error or "", limit=_MAX_ERROR)
    in_row = f"in a row {search.errors_in_row} of {MAX_ERRORS_IN_ROW}"
    return f"Errors {search.errors:,}, {in_row} · last: {escape(last)}"
