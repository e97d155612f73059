"""What became of each delivery: it stands in a message, is counted in one that sums up, or is lost. Pure.

A message lists as many events as there is room for, each with its slot, and says of the others how many there
are. Which those are follows from the rows: each names the message that Telegram confirmed for it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from messaging.telegram.texts.group import SIGN

_SUMMED = re.compile(r"([\d,]+) ×|^and ([\d,]+) more$", re.MULTILINE)
MessageKey = tuple[int, int]
"""A chat and a message in it."""


class StoredDelivery(NamedTuple):
    """A row, as its alert was decided and as it was sent."""

    chat_id: int
    slot: int
    message_id: int | None
    """That Telegram confirmed; None: it confirmed none."""
    ambiguous_sends: int = 0
    state: str = "sent"


class AcceptedMessage(NamedTuple):
    """A message that reached a chat."""

    chat_id: int
    message_id: int
    text: str
    """As a reader sees it."""

    @property
    def is_marked(self) -> bool:
        """Whether it says that it may be a repeat."""
        return POSSIBLE_REPEAT in self.text

    @property
    def slots(self) -> list[int]:
        """Of the events that it lists."""
        return [_number(one) for one in re.findall(r"slot ([\d,]+)", self.text)]

    @property
    def summed(self) -> int:
        """How many events it counts only."""
        *_, last = self.text.split("\n\n")
        has_summary = self.text.startswith(SIGN) and last[:1].isalpha()  # events begin with a sign
        found = _SUMMED.findall(last) if has_summary else ()
        return sum(_number(some or rest) for some, rest in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the ledger of the sandbox Telegram says of what was stored."""

    deliveries: int
    missing: int
    """Alerts that nobody decided, and deliveries that never came."""
    summed: int = 0
    """Deliveries that a message counts and none lists."""
    doubled: int
    """Copies beyond the first of each delivery."""
    unmarked: int
    """Of these, those that do not say that they may be a repeat."""
    third: int
    """Copies beyond the second."""
    ambiguous: int
    """Sends whose answer was lost, as counted in the rows."""
    unexplained: int
    """Copies beyond what the row of their own delivery counts."""
    unconfirmed: int
    """Deliveries of which nobody can tell; they are named in a line after an hour."""

    def __str__(self) -> str:
        return (
            f"{self.deliveries} deliveries, lost {self.missing}, only counted in a message {self.summed},"
            f" twice {self.doubled}"
            f" (unmarked {self.unmarked}, a third time {self.third}), counted as doubtful {self.ambiguous},"
            f" unexplained {self.unexplained}, unconfirmed {self.unconfirmed}"
        )


@dataclass(slots=True)
class _Copies:
    """What reached the chat of one delivery: of each copy whether it is marked."""

    listed: list[bool] = field(default_factory=list)
    summed: list[bool] = field(default_factory=list)

    @property
    def all(self) -> list[bool]:
        return self.listed + self.summed


def judge(
    rows: Sequence[StoredDelivery], messages: Iterable[AcceptedMessage], *, undecided: int = 0
) -> Verdict:
    """Compare what was stored with what arrived.

    Args:
        rows: each delivery of an alert.
        messages: all that arrived, of whatever kind.
        undecided: alerts without a delivery.
    """
    known = {(one.chat_id, one.message_id): one for one in messages}
    copies = _copies(rows, known)
    unnamed = _unnamed(rows, known)
    total = [one.all for one in copies]
    missing, extra, unmarked = 0, 0, 0
    for chat_id, marks in _by_chat(rows, copies).items():
        missing_here, extra_here, unmarked_here = _with_unnamed(marks, unnamed.pop(chat_id, []))
        missing, extra, unmarked = missing + missing_here, extra + extra_here, unmarked + unmarked_here
    counted = [(len(one), row.ambiguous_sends) for one, row in zip(total, rows, strict=True)]
    return Verdict(
        deliveries=len(rows),
        missing=missing + undecided,
        summed=sum(not one.listed for one in copies) - missing,
        doubled=sum(max(0, len(one) - 1) for one in total) + extra,
        unmarked=sum(max(0, len(one) - 1 - sum(one)) for one in total) + unmarked,
        third=sum(max(0, len(one) - 2) for one in total),
        ambiguous=sum(sends for _, sends in counted),
        unexplained=sum(max(0, number - 1 - sends) for number, sends in counted),
        unconfirmed=sum(row.state == "unconfirmed" for row in rows),
    )


def _copies(rows: Sequence[StoredDelivery], known: Mapping[MessageKey, AcceptedMessage]) -> list[_Copies]:
    """Of each row: the messages that list it, and the one that was confirmed for it and counts it."""
    listing: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for message in known.values():
        for slot in message.slots:
            listing[message.chat_id, slot].append(message.is_marked)
    room = {key: message.summed for key, message in known.items()}
    copies = [_Copies([*listing[row.chat_id, row.slot]]) for row in rows]
    # Those that stand nowhere else come first, so that what a message counts is not given to others.
    for row, found in sorted(zip(rows, copies, strict=True), key=lambda one: bool(one[1].listed)):
        confirmed = _confirmed(row, known)
        if confirmed is None or row.slot in confirmed.slots:
            continue
        key = confirmed.chat_id, confirmed.message_id
        if room[key]:
            room[key] -= 1
            found.summed.append(confirmed.is_marked)
    return copies


def _confirmed(row: StoredDelivery, known: Mapping[MessageKey, AcceptedMessage]) -> AcceptedMessage | None:
    return None if row.message_id is None else known.get((row.chat_id, row.message_id))


def _unnamed(
    rows: Sequence[StoredDelivery], known: Mapping[MessageKey, AcceptedMessage]
) -> dict[int, list[bool]]:
    """By chat, what messages count that no row names, since their answers were lost: each, whether marked."""
    named = {(row.chat_id, row.message_id) for row in rows}
    unnamed: dict[int, list[bool]] = defaultdict(list)
    for key, message in known.items():
        if key not in named:
            unnamed[message.chat_id] += [message.is_marked] * message.summed
    return unnamed


def _by_chat(
    rows: Sequence[StoredDelivery], copies: Sequence[_Copies]
) -> dict[int, list[tuple[list[bool], bool]]]:
    """Of each delivery of a chat its copies, and whether one may have come whose answer was lost."""
    found: dict[int, list[tuple[list[bool], bool]]] = defaultdict(list)
    for row, one in zip(rows, copies, strict=True):
        found[row.chat_id].append((one.all, row.ambiguous_sends > 0))
    return found


def _with_unnamed(
    deliveries: Sequence[tuple[list[bool], bool]], unnamed: Sequence[bool]
) -> tuple[int, int, int]:
    """How many deliveries of a chat are lost, and of what is counted in doubt, what is extra, and unmarked.

    Which deliveries these were is not known: only those that were sent without an answer can be among them,
    each with one first copy.
    """
    absent = Counter(may_have_come for marks, may_have_come in deliveries if not marks)
    found = min(absent[True], len(unnamed))
    without_first = sum(may_have_come and False not in marks for marks, may_have_come in deliveries)
    unmarked = max(0, len(unnamed) - sum(unnamed) - without_first)
    return absent.total() - found, len(unnamed) - found, unmarked


def _number(text: str) -> int:
    return int(text.replace(",", ""))
