"""A purchase that somebody was told of some hours ago."""

from decimal import Decimal

from msgspec import structs

from domain.activity.activity import SOL, Activity, TradePrice
from domain.activity.prices import ReadPrice
from storage.market.dollars import note_published
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase

FILL = Decimal("0.002")


def bought(number: int) -> Activity:
    price = TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=FILL)
    return structs.replace(purchase(number), price=price)


async def alerted(database: Database, *, hours: float) -> int:
    """A purchase at 0.4 dollars a token that Alice got so many hours ago; its alert."""
    at = purchase(0).block_time or 0
    sol = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at - 1, is_certain=True)
    await note_published(database, chain=CHAIN, prices=[sol])
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, bought(1))
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', message_id = 7 WHERE chat_id = $1", ALICE)
    await database.execute(
        "UPDATE alerts SET created_at = now() - make_interval(secs => $1),"
        " block_time = now() - make_interval(secs => $1)",
        hours * 3_600,
    )
    alert_id: int = await database.fetchval("SELECT max(alert_id) FROM alerts")
    return alert_id
