"""Which chats trades may be news for: those that follow enough of who traded the token recently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.patterns.found import (
    DEFAULT_MINUTES,
    DEFAULT_OWNERS,
    MAX_MINUTES,
    MAX_OWNERS,
    MIN_MINUTES,
    Pattern,
)
from domain.patterns.sightings import Action, Sighting
from domain.rules.rules import ChatSettings
from storage.chats.rules import settings_or_default
from storage.postgres import Connection, Row, columns
from storage.sql_files import read_statement

PATTERN_OF: Mapping[Action, Pattern] = {Action.BUY: Pattern.CONFLUENCE, Action.SELL: Pattern.LEAVING}

CHATS = read_statement(__name__, "CHATS")
LOOK_BACK_SECONDS = 86_400.0
MAX_TRADES = 500
FEW_WALLETS = 50
MAX_CROWDED_TRADES = 10_000

Key = tuple[str, Action]
"""A token, and what was done with it."""
EpisodeKey = tuple[int, int, Pattern, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A chat that may hear of a token."""

    chat_id: int
    topic_id: int
    key: Key
    wallet_ids: frozenset[int]
    """That it follows, of those that traded the token recently."""
    settings: ChatSettings

    @property
    def pattern(self) -> Pattern:
        """Of which it may hear."""
        return PATTERN_OF[self.key[1]]

    @property
    def seconds(self) -> int:
        """Within which owners must meet; what stands in a row beyond the bounds hurts no other chat."""
        return 60 * max(MIN_MINUTES, min(self.settings.patterns.minutes, MAX_MINUTES))

    @property
    def episode_key(self) -> EpisodeKey:
        """What an episode is known by."""
        return (self.chat_id, self.topic_id, self.pattern, self.key[0])


async def candidates_for(
    connection: Connection, *, chain: str, new: Sequence[tuple[int, Sighting]]
) -> list[Candidate]:
    """Return the chats that these trades may be news for, with tokens; some of them hear nothing in the end.

    Args:
        connection: in the transaction that takes the sightings.
        chain: of them.
        new: wallet ids and trades.
    """
    rows = [(seen.mint, seen.action.value, seen.at, wallet_id) for wallet_id, seen in new]
    found = await connection.fetch(
        CHATS,
        chain,
        *columns(rows, 4),
        LOOK_BACK_SECONDS,
        MAX_TRADES,
        DEFAULT_MINUTES,
        DEFAULT_OWNERS,
        MAX_MINUTES,
        MAX_OWNERS,
        FEW_WALLETS,
        MAX_CROWDED_TRADES,
    )
    return [_candidate(row) for row in found]


def _candidate(row: Row) -> Candidate:
    return Candidate(
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        key=(row["mint"], Action(row["action"])),
        wallet_ids=frozenset(row["wallet_ids"]),
        settings=settings_or_default(row["settings"], chat_id=row["chat_id"]),
    )
