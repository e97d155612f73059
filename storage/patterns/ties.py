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
from storage.sql_files import read_statement

MAX_TIES = 100
"""Payments to and from one address that are read; more than `MAX_PAYEES` of them make it a hub."""

AROUND = read_statement(__name__, "AROUND")

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

FORGET = read_statement(__name__, "FORGET")


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
