"""Which wallets are one owner's, by payments that were noted: read for all wallets of a batch at once."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.activity.exchanges import EXCHANGES
from domain.patterns.owners import (
    HUB_SECONDS,
    MAX_PAYEES,
    MIN_TIE_LAMPORTS,
    MIN_TIE_USD,
    TIE_SECONDS,
    Tie,
    owners_of,
)
from storage.postgres import Connection, columns

MAX_TIES = 100
"""Payments to and from one address that are read; more than `MAX_PAYEES` of them make it a hub."""

# Payments to these, and the latest from these to followed wallets: no other payee ties anybody.
AROUND = """
SELECT payer, payee FROM unnest($2::text[]) AS asked (wallet) CROSS JOIN LATERAL (
    (SELECT payer, payee FROM payments
     WHERE chain = $1 AND payee = asked.wallet AND paid_at >= $3 LIMIT $4)
    UNION ALL
    (SELECT payer, payee FROM (
        SELECT payer, payee FROM payments
        WHERE chain = $1 AND payer = asked.wallet AND paid_at >= $3 ORDER BY paid_at DESC LIMIT $4) AS sent
     WHERE EXISTS (SELECT FROM wallets JOIN watches USING (wallet_id)
                   WHERE wallets.chain = $1 AND address = sent.payee))
) AS near
"""

# A count that goes no further than it must.
HUBS = """
SELECT address FROM unnest($2::text[]) AS asked (address)
WHERE (SELECT count(*) FROM (SELECT FROM payments WHERE chain = $1 AND payer = asked.address
                             AND paid_at >= $3 LIMIT $4) AS paid) >= $4
   OR (SELECT count(*) FROM (SELECT FROM payments WHERE chain = $1 AND payee = asked.address
                             AND paid_at >= $3 LIMIT $4) AS got) >= $4
"""

FOLLOWED = """
SELECT address FROM wallets WHERE chain = $1 AND address = ANY($2::text[])
  AND EXISTS (SELECT FROM watches WHERE watches.wallet_id = wallets.wallet_id)
"""

# A time in the row that was that of such a payment gives way to what else was seen between the two; a row
# that no time is left for goes.
FORGET = """
WITH never AS (
    SELECT payer, payee, array_agg(at) AS times
    FROM unnest($2::text[], $3::text[], $4::float8[]) AS one (payer, payee, at) GROUP BY payer, payee
), found AS (
    SELECT payer, payee,
           least(seen.first_at, CASE WHEN old.first_at <> ALL(times) THEN old.first_at END) AS first_at,
           greatest(seen.paid_at, CASE WHEN old.paid_at <> ALL(times) THEN old.paid_at END) AS paid_at
    FROM never JOIN payments AS old USING (payer, payee) CROSS JOIN LATERAL (
        SELECT min(at) AS first_at, max(at) AS paid_at FROM (
            SELECT at, lamports, usd FROM pattern_sightings JOIN wallets USING (wallet_id)
            WHERE wallets.chain = $1 AND address = payer AND action = 'sent' AND party = payee
            UNION ALL
            SELECT at, lamports, usd FROM pattern_sightings JOIN wallets USING (wallet_id)
            WHERE wallets.chain = $1 AND address = payee AND action = 'got' AND party = payer
        ) AS between_them WHERE lamports >= $5 OR usd >= $6
    ) AS seen
    WHERE old.chain = $1 AND (old.first_at = ANY(times) OR old.paid_at = ANY(times))
), gone AS (
    DELETE FROM payments USING found
    WHERE chain = $1 AND payments.payer = found.payer AND payments.payee = found.payee
      AND coalesce(found.first_at, found.paid_at) IS NULL
    RETURNING found.payer, found.payee
), kept AS (
    UPDATE payments SET first_at = coalesce(found.first_at, found.paid_at),
        paid_at = coalesce(found.paid_at, found.first_at)
    FROM found
    WHERE chain = $1 AND payments.payer = found.payer AND payments.payee = found.payee
      AND coalesce(found.first_at, found.paid_at) IS NOT NULL
)
SELECT payer, payee FROM gone
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What is known of who paid whom."""

    found: frozenset[Tie] = frozenset()
    tied: frozenset[str] = frozenset()
    """All whom any of these payments concerns."""
    hubs: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    """All followed wallets that these payments are among: two may be tied over one that did nothing now."""

    def owner_of(self, wallets: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """The owner of each wallet, and the funder that showed it."""
        if not self.found:
            return {wallet: (wallet, None) for wallet in wallets}
        return owners_of(wallets, self.found, self.hubs, self.between)


NO_TIES = Ties()


async def ties_of(connection: Connection, *, chain: str, wallets: Collection[str], now: float) -> Ties:
    """What ties these wallets, also over another followed wallet.

    Args:
        connection: where payments stand.
        chain: of the wallets.
        wallets: addresses.
        now: Unix seconds.
    """
    asked = sorted(wallets)
    near = await connection.fetch(AROUND, chain, asked, now - TIE_SECONDS, MAX_TIES)
    if not near:
        return NO_TIES
    parties = {row[side] for row in near for side in ("payer", "payee")}
    hubs = await hubs_among(connection, chain=chain, addresses=parties, now=now)
    others = sorted(parties - hubs - set(asked))
    between = {row["address"] for row in await connection.fetch(FOLLOWED, chain, others)}
    beyond = (
        await connection.fetch(AROUND, chain, sorted(between), now - TIE_SECONDS, MAX_TIES) if between else []
    )
    found = that_matter({Tie(row["payer"], row["payee"]) for row in (*near, *beyond)}, {*asked, *between})
    strangers = {one for tie in found for one in tie} - parties
    hubs |= await hubs_among(connection, chain=chain, addresses=strangers, now=now)
    return Ties(
        found=frozenset(found),
        tied=frozenset(side for tie in found for side in tie),
        hubs=frozenset(hubs),
        between=frozenset({*asked, *between}),
    )


async def forget_payments(
    connection: Connection, *, chain: str, payments: Sequence[tuple[str, str, float]]
) -> set[str]:
    """Let payments that never happened tie nobody, unless the same two show another one; whom they tied.

    Args:
        connection: in the transaction of the detectors, after their sightings are gone.
        chain: of them.
        payments: payer, payee and block time of each.
    """
    rows = await connection.fetch(FORGET, chain, *columns(payments, 3), MIN_TIE_LAMPORTS, MIN_TIE_USD)
    return {row[side] for row in rows for side in ("payer", "payee")}


def that_matter(found: Collection[Tie], known: Collection[str]) -> set[Tie]:
    """The payments among these wallets, and those of one payer to several of them."""
    paid = Counter(tie.payer for tie in found if tie.payee in known)
    return {tie for tie in found if tie.payee in known and (tie.payer in known or paid[tie.payer] > 1)}


async def hubs_among(
    connection: Connection, *, chain: str, addresses: Collection[str], now: float
) -> set[str]:
    """Which of these deal with very many wallets, or are exchanges.

    Args:
        connection: it is only read.
        chain: of the wallets.
        addresses: of payers and payees.
        now: Unix seconds; payments within HUB_SECONDS before count.
    """
    if not addresses:
        return set()
    rows = await connection.fetch(HUBS, chain, sorted(addresses), now - HUB_SECONDS, MAX_PAYEES + 1)
    return {row["address"] for row in rows} | (EXCHANGES.keys() & set(addresses))
