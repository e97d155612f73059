"""/record, in the chat, from what alerts came to."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.alerts.outcomes import AlertOutcomeSource, alert_outcome_of, drained
from sandbox.telegram.shapes import User
from storage.ingest.activities import Batch, store
from storage.market.alert_outcomes import save_alert_outcomes
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, TelegramChats
from tests.storage.sample_data import WHALE, fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_counts_what_this_chat_got(chats: TelegramChats, alice: User, database: Database) -> None:
    assert "/watch" in await chats.ask(alice.id, "/record")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "No outcome yet" in await chats.ask(alice.id, "/record")
    bought = [structs.replace(purchase(number), chain="solana") for number in (1, 2)]
    await store(database, Batch(chain="solana", activities=bought))
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', message_id = 1, finished_at = now()")
    first, second = [row["alert_id"] for row in await database.fetch("SELECT alert_id FROM alerts")]
    gained = alert_outcome_of(1, Decimal(1), Decimal(2), AlertOutcomeSource.POOL)
    await save_alert_outcomes(database, {first: gained, second: drained(1)})
    text = await chats.ask(alice.id, "/record Moby")
    assert text.startswith("🎯 Purchases of Moby, 30 days\nAfter 1 h: median +0%, of too few to say more")
    assert "2 of 2 alerts have a price · 1 pool drained (−100%)" in text
    assert "No outcome yet" in await chats.ask(alice.id, "/record off buy")
    assert "by min 5000" in await chats.ask(alice.id, "/record min 5000"), "what is not known passes"
    assert "Write /record" in await chats.ask(alice.id, "/record Nemo")
    await chats.ask(alice.id, "/unwatch Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Nemo")
    for question in ("/record", "/record min 5000"):
        assert "2 of 2 alerts have a price" in await chats.ask(alice.id, question), "giving up hides no loss"
    assert "No outcome yet" in await chats.ask(alice.id, "/record Nemo")
