"""Compares the messages in the chats with those that had to come: each once, and no other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.activity.activity import Leg
from domain.activity.amounts import exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A message that must come to a chat."""

    chat_id: int
    signature: str
    slot: int
    legs: tuple[Leg, ...]
    """Every amount that the message must name, to the last unit."""

    def is_in(self, text: str) -> bool:
        """Return whether a message names this slot and all these amounts."""
        words = text.replace("·", " ").split()
        return f"{self.slot:,}" in words and all(_amount(leg) in words for leg in self.legs)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMessage:
    """A message that Telegram accepted."""

    chat_id: int
    text: str
    at: float
    """Unix time of the acceptance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of the comparison."""

    matched: tuple[tuple[Expected, AcceptedMessage], ...]
    missing: tuple[Expected, ...]
    """Expected, but in no message."""
    surplus: tuple[AcceptedMessage, ...]
    """Messages that were not expected, second copies included."""

    @property
    def is_clean(self) -> bool:
        """Whether each expected message came once, and no other."""
        return not self.missing and not self.surplus


PATTERN_SIGNS = ("👥", "🚪", "🧩", "⏰", "📦")
"""With these begins what tells of several trades together: it comes beside the messages of each of them."""


def judge(expected: Sequence[Expected], accepted: Sequence[AcceptedMessage]) -> Verdict:
    """Pair each expected message with one accepted message; what tells of several together is not judged."""
    left = [one for one in accepted if not one.text.startswith(PATTERN_SIGNS)]
    matched: list[tuple[Expected, AcceptedMessage]] = []
    missing: list[Expected] = []
    for one in expected:
        found = next((t for t in left if t.chat_id == one.chat_id and one.is_in(t.text)), None)
        if found is None:
            missing.append(one)
        else:
            left.remove(found)
            matched.append((one, found))
    return Verdict(matched=tuple(matched), missing=tuple(missing), surplus=tuple(left))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _amount(leg: Leg) -> str:
    return exact(leg.raw, leg.decimals or 0)
