"""Which wallets are one owner's, by payments that were noted: read for all wallets of a batch at once."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.activity.exchanges import EXCHANGES
from domain.patterns.owners import HUB_SECONDS, MAX_PAYEES, TIE_SECONDS, Tie, owners_of
from storage.postgres import Connection

MAX_TIES = 100
"""Payments to and from one address that are read; more than `MAX_PAYEES` of them make it a hub."""

# Payments to and from these, the latest of each.
AROUND = """
SELECT payer, payee FROM unnest($2::text[]) AS asked (wallet) CROSS JOIN LATERAL (
    (SELECT payer, payee FROM payments
     WHERE chain = $1 AND payee = asked.wallet AND paid_at >= $3 LIMIT $4)
    UNION ALL
    (SELECT payer, payee FROM payments
     WHERE chain = $1 AND payer = asked.wallet AND paid_at >= $3 ORDER BY paid_at DESC LIMIT $4)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What is known of who paid whom."""

    found: frozenset[Tie] = frozenset()
    hubs: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    """Followed wallets beside those that were asked about."""

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
    return Ties(found=frozenset(found), hubs=frozenset(hubs), between=frozenset(between))


def that_matter(found: Collection[Tie], known: Collection[str]) -> set[Tie]:
    """The payments among these wallets, and those of one payer to several of them."""
    paid = Counter(tie.payer for tie in found if tie.payee in known)
    return {tie for tie in found if tie.payee in known and (tie.payer in known or paid[tie.payer] > 1)}


async def hubs_among(
    connection: Connection, *, chain: str, addresses: Collection[str], now: float
) -> set[str]:
    """Which of these deal with very many wallets, or are exchanges."""
    if not addresses:
        return set()
    rows = await connection.fetch(HUBS, chain, sorted(addresses), now - HUB_SECONDS, MAX_PAYEES + 1)
    return {row["address"] for row in rows} | (EXCHANGES.keys() & set(addresses))
