"""What a chat may take away as a file: its wallets, what they did, the whales found; as CSV or JSON.

No cell of a CSV file is a formula. What people see as `toly․sol` is written as they typed it: `toly.sol`.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from domain.activity.activity import SOL_DECIMALS, Activity, Leg
from domain.activity.amounts import as_decimal
from domain.chats import ChatTarget
from domain.rules.rules import Watch
from domain.whale_search import Whale
from messaging.telegram.texts.whales import MAX_ROWS, neutral
from services.services import Services
from storage.delivery.chat_history import PastAlert

MAX_EVENTS = 5_000
"""Of one export of the history: the latest."""
_MAX_DECIMALS = 30


class Exported(StrEnum):
    """What is exported."""

    WALLETS = "wallets"
    HISTORY = "history"
    WHALES = "whales"


class ExportForm(StrEnum):
    """The form of the file."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file to be sent."""

    name: str
    content: bytes
    rows: int
    """0: there is nothing, and the content is empty."""


Row = Mapping[str, Any]


async def export(services: Services, target: ChatTarget, what: Exported, form: ExportForm) -> ExportFile:
    """The file.

    Args:
        services: know what the chat follows.
        target: the chat and topic.
        what: is in it.
        form: of the file.
    """
    rows = await _READERS[what](services, target)
    content = (_csv(rows) if form is ExportForm.CSV else _json(rows)) if rows else b""
    return ExportFile(name=f"{what}.{form}", content=content, rows=len(rows))


async def _wallets(services: Services, target: ChatTarget) -> list[Row]:
    return [_watch(watch) for watch in await services.watches.of(target)]


async def _history(services: Services, target: ChatTarget) -> list[Row]:
    watches = {watch.watch_id: watch for watch in await services.watches.of(target)}
    days = (await services.people.tier(target.chat_id)).history_days
    past = await services.positions.past_alerts([*watches], mint=None, after=0, limit=MAX_EVENTS, days=days)
    found = [(one, one.event) for one in past]
    activities = [(one, event) for one, event in found if isinstance(event, Activity)]
    mints = {leg.mint for _, event in activities for leg in (*event.paid, *event.received)}
    known = await services.positions.known_tokens(sorted(mints))
    symbols = {mint: token.symbol or "" for mint, token in known.items()}
    return [_event(one, event, watches[one.watch_id], symbols) for one, event in activities]


async def _whales(services: Services, target: ChatTarget) -> list[Row]:
    del target
    return [_whale(whale) for whale in await services.whale_searches.export(limit=MAX_ROWS)]


_READERS = {Exported.WALLETS: _wallets, Exported.HISTORY: _history, Exported.WHALES: _whales}


def _watch(watch: Watch) -> Row:
    return {
        "address": watch.wallet,
        "name": _typed(watch.label),
        "tags": " ".join(watch.tags),
        "followed_since": _time(watch.created_at),
        "muted_until": "" if watch.muted_until is None else _time(watch.muted_until),
    }


def _event(past: PastAlert, event: Activity, watch: Watch, symbols: Mapping[str, str]) -> Row:
    usd = past.market.usd
    return {
        "time": _time(past.happened_at),
        "wallet": watch.wallet,
        "name": _typed(watch.label),
        "kind": event.kind.value,
        **_leg("paid", event.paid, symbols),
        **_leg("received", event.received, symbols),
        "usd": "" if usd is None else f"{usd:.2f}",
        "venue": event.venue or "",
        "signature": event.signature,
        "reverted": "yes" if past.reverted else "",
    }


def _leg(side: str, legs: Sequence[Leg], symbols: Mapping[str, str]) -> Row:
    """The first of what was paid or received; all of it stands in the transaction."""
    if not legs:
        return {f"{side}_amount": "", f"{side}_symbol": "", f"{side}_mint": ""}
    leg = legs[0]
    is_known = leg.decimals is not None and 0 <= leg.decimals <= _MAX_DECIMALS
    amount = _number(as_decimal(leg.displayed_raw, leg.decimals or 0)) if is_known else str(leg.raw)
    return {f"{side}_amount": amount, f"{side}_symbol": symbols.get(leg.mint, ""), f"{side}_mint": leg.mint}


def _whale(whale: Whale) -> Row:
    return {
        "address": whale.address,
        "times_seen": str(whale.times_seen),
        "volume_sol": _number(as_decimal(whale.volume, SOL_DECIMALS)),
        "largest_sol": _number(as_decimal(whale.largest, SOL_DECIMALS)),
        "kinds": "; ".join(whale.kinds),
        "venues": "; ".join(whale.venues),
        "first_seen": _time(whale.first_seen_at),
        "last_seen": _time(whale.last_seen_at),
    }


def _csv(rows: Sequence[Row]) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    writer.writerows([neutral(cell) for cell in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _json(rows: Sequence[Row]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(rows), indent=1)


def _typed(label: str) -> str:
    """A name as people typed it; names are kept with a dot that no client links."""
    return label.replace("․", ".")


def _number(number: Decimal) -> str:
    return f"{number:f}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
