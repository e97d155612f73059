"""Wallets that trade one token, for tests of patterns in PostgreSQL."""

from datetime import UTC, datetime

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.alerts.kinds import read_event
from domain.patterns.found import PatternFound
from storage.patterns.detection import find_next
from storage.postgres import Database
from tests.storage.sample_data import CHAIN, MINT, fan_out_all, happened

AHAB, BELA, CORA, DORA = (
    f"{name}1111111111111111111111111111111111111111" for name in ("Ah", "Be", "Co", "Do")
)
FUNDER = "Fu1111111111111111111111111111111111111111"
MANY = """
INSERT INTO pattern_sightings (alert_id, wallet_id, chain, action, mint, at, usd, party, lamports, is_small,
    by_itself, is_new)
SELECT 1000000 + number, wallet_id, $2, 'buy', $3, $4::float8 + number, 100, '', 0, false, true, false
FROM wallets, generate_series(1, $5::int) AS number WHERE address = $1
"""
"""Purchases by a wallet, one each second, that a detector has taken."""
NOW = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


def trade(wallet: str, second: int, kind: Kind = Kind.BUY, *, after: int | None = None) -> Activity:
    """A purchase, or a sale that leaves `after` of a thousand."""
    sol, token = Leg(mint=SOL, raw=10**10, decimals=9), Leg(mint=MINT, raw=1_000, decimals=5)
    paid, received = (sol, token) if kind is Kind.BUY else (token, sol)
    return Activity(
        chain=CHAIN,
        signature=f"{wallet}-{second}",
        slot=100 + second,
        block_time=NOW + second,
        wallet=wallet,
        kind=kind,
        paid=(paid,),
        received=(received,),
        token_before=None if after is None else 1_000,
        token_after=after,
    )


def payment(payer: str, payee: str, second: int, lamports: int = 10**9) -> Activity:
    """SOL that comes to a wallet."""
    return Activity(
        chain=CHAIN,
        signature=f"{payer}-{payee}-{second}",
        slot=100 + max(0, second),
        block_time=NOW + second,
        wallet=payee,
        kind=Kind.TRANSFER_IN,
        paid=(),
        received=(Leg(mint=SOL, raw=lamports, decimals=9),),
        counterparty=payer,
        is_signer=False,
    )


async def found_after(database: Database, *activities: Activity) -> int | None:
    """Store, decide, and look for patterns; return how many messages that makes or changes."""
    await happened(database, *activities)
    await fan_out_all(database)
    return await find_next(database)


async def patterns(database: Database) -> list[PatternFound]:
    """All that was found so far, in order."""
    rows = await database.fetch("SELECT kind, payload FROM alerts WHERE kind = 'pattern' ORDER BY alert_id")
    events = [read_event(row["kind"], row["payload"]) for row in rows]
    return [event for event in events if isinstance(event, PatternFound)]


def transfer(payer: str, payee: str, second: int, sol: int) -> Activity:
    """SOL that a wallet sends."""
    return Activity(
        chain=CHAIN,
        signature=f"{payer}-{payee}-{second}",
        slot=100 + second,
        block_time=NOW + second,
        wallet=payer,
        kind=Kind.TRANSFER_OUT,
        paid=(Leg(mint=SOL, raw=sol * 10**9, decimals=9),),
        received=(),
        counterparty=payee,
    )
