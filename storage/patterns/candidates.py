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

PATTERN_OF: Mapping[Action, Pattern] = {Action.BUY: Pattern.CONFLUENCE, Action.SELL: Pattern.LEAVING}

# Chats that follow enough wallets which traded the token within the time that they set, and one of those that
# just did and that they were not told of. The trades of the last day are counted before anybody's watches are
# read: the latest, and where those are of a few wallets that trade very often, also older ones of others. A
# chat that got an alert recently may have too few to meet: another wallet of a known owner may have joined.
CHATS = """
WITH fresh AS (
    SELECT mint, action, min(at) AS at, array_agg(DISTINCT wallet_id) AS wallets
    FROM unnest($2::text[], $3::text[], $4::float8[], $5::bigint[]) AS new (mint, action, at, wallet_id)
    GROUP BY mint, action
), latest AS (
    SELECT fresh.mint, fresh.action, fresh.at AS fresh_at, fresh.wallets, seen.wallet_id, max(seen.at) AS at,
           min(seen.at) AS first_at, count(*) AS times
    FROM fresh CROSS JOIN LATERAL (
        SELECT wallet_id, at FROM pattern_sightings
        WHERE chain = $1 AND mint = fresh.mint AND action = fresh.action AND at >= fresh.at - $6
          AND action IN ('buy', 'sell') AND NOT is_new
        ORDER BY at DESC LIMIT $7) AS seen
    GROUP BY fresh.mint, fresh.action, fresh.at, fresh.wallets, seen.wallet_id
), crowded AS (
    SELECT mint, action, fresh_at, wallets, min(first_at) AS first_at, array_agg(wallet_id) AS few
    FROM latest GROUP BY mint, action, fresh_at, wallets HAVING sum(times) >= $7 AND count(*) < $12
), recent AS (
    SELECT mint, action, fresh_at, wallet_id, wallet_id = ANY(wallets) AS is_fresh, at FROM latest
    UNION ALL
    SELECT crowded.mint, crowded.action, fresh_at, seen.wallet_id, seen.wallet_id = ANY(wallets), max(seen.at)
    FROM crowded CROSS JOIN LATERAL (
        SELECT wallet_id, at FROM pattern_sightings
        WHERE chain = $1 AND mint = crowded.mint AND action = crowded.action AND at >= fresh_at - $6
          AND at <= crowded.first_at AND action IN ('buy', 'sell') AND NOT is_new
        ORDER BY at DESC LIMIT $13) AS seen
    WHERE seen.wallet_id <> ALL(few)
    GROUP BY crowded.mint, crowded.action, fresh_at, wallets, seen.wallet_id
), busy AS (
    SELECT mint, action FROM recent GROUP BY mint, action HAVING count(*) >= 2
)
SELECT recent.mint, recent.action, watches.chat_id, watches.topic_id, chats.settings,
       array_agg(watches.wallet_id) AS wallet_ids
FROM busy JOIN recent USING (mint, action)
JOIN watches USING (wallet_id) JOIN chats USING (chat_id) JOIN wallets USING (wallet_id)
LEFT JOIN pattern_episodes AS known ON known.chat_id = watches.chat_id AND known.topic_id = watches.topic_id
    AND known.chain = $1 AND known.mint = recent.mint AND known.at >= recent.fresh_at - $6
    AND known.pattern = CASE recent.action WHEN 'buy' THEN 'confluence' ELSE 'leaving' END
WHERE coalesce(muted_until <= now(), true) AND closed_at IS NULL AND NOT over_limit AND banned_reason IS NULL
  AND NOT has_muted_tag(settings, tags)
GROUP BY recent.mint, recent.action, watches.chat_id, watches.topic_id, chats.settings
HAVING bool_or(is_fresh AND (known.wallets IS NULL OR address <> ALL(known.wallets))) AND (
    bool_or(known.wallets IS NOT NULL)
    OR count(*) FILTER (WHERE recent.at >= recent.fresh_at
        - 60 * CASE jsonb_typeof(settings->'patterns'->'minutes')
            WHEN 'number' THEN least(greatest((settings->'patterns'->'minutes')::numeric, 1), $10)
            ELSE $8::int END)
    >= CASE jsonb_typeof(settings->'patterns'->'owners')
            WHEN 'number' THEN least(greatest((settings->'patterns'->'owners')::numeric, 2), $11)
            ELSE $9::int END)
"""
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
