"""A claimed delivery becomes a message with what is known of its tokens."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from domain.activity.activity import Leg
from domain.delivery.deliveries import ClaimedDelivery
from messaging.telegram.callbacks import Callbacks
from storage.delivery.deliveries import claim
from storage.delivery.digests import gather_due
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.storage.outbox import defer_alerts, end_deferral
from tests.storage.sample_data import ALICE, CHAIN, fan_out_all, follow, happened, purchase
from workers.message_builder import MessageBuilder

pytestmark = pytest.mark.services
CALLBACKS = Callbacks("1:token")
KRILL = "So11111111111111111111111111111111111111113"


async def claimed_purchase(database: Database, mint: str) -> ClaimedDelivery:
    await follow(database, ALICE, label="Toly")
    leg = Leg(mint=mint, raw=5_000_000, decimals=6)
    await happened(database, structs.replace(purchase(), received=(leg,)))
    await fan_out_all(database)
    (claimed,) = await claim(database, owner="a", limit=1)
    return claimed


async def test_a_known_symbol_is_shown(database: Database) -> None:
    await save_tokens(database, [Token(chain=CHAIN, mint=KRILL, symbol="KRILL", name=None, decimals=6)])
    claimed = await claimed_purchase(database, KRILL)
    builder = MessageBuilder(database, CALLBACKS, chain=CHAIN)
    message = builder.build([claimed], await builder.look_up([claimed]))
    assert message.text.startswith("🟢 <b>Toly</b> bought 5 KRILL for 84.2 SOL\n")
    assert "late" in message.text
    assert "possible_repeat" not in message.text
    assert message.chat_id == ALICE
    assert message.keyboard is not None


async def test_an_unknown_one_is_its_mint_and_a_repeat_is_marked(database: Database) -> None:
    claimed = replace(await claimed_purchase(database, KRILL), ambiguous_sends=1)
    builder = MessageBuilder(database, CALLBACKS, chain=CHAIN)
    message = builder.build([claimed], await builder.look_up([claimed]))
    assert "5 So11…1113" in message.text
    assert "Possible repeat" in message.text


async def test_a_database_that_is_away_costs_the_symbols_only(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    await database.close()
    assert await MessageBuilder(database, CALLBACKS, chain=CHAIN).look_up([claimed]) == {}


async def test_a_digest_lists_all_that_was_deferred(database: Database) -> None:
    await defer_alerts(database, ALICE, 3)
    await end_deferral(database)
    await gather_due(database)
    (claimed,) = await claim(database, owner="a", limit=1)
    builder = MessageBuilder(database, CALLBACKS, chain=CHAIN)
    with pytest.raises(LookupError):
        builder.build([claimed], {})
    text = builder.build([claimed], await builder.look_up([claimed])).text
    assert "3 alerts" in text
    assert text.count("<b>Moby</b> bought") == 3


async def test_what_was_reverted_is_written_as_of_the_time_when_it_was_sent(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    delivery = replace(claimed, sent_at=claimed.happened_at + timedelta(seconds=5), reverted=True)
    builder = MessageBuilder(database, CALLBACKS, chain=CHAIN)
    message = builder.build([delivery], {})
    assert message.text.startswith("❌ <b>Reverted:</b>")
    assert " late" not in message.text
    assert message.keyboard is not None
    line = builder.take_back(delivery, {}, message_id=7)
    assert (line.text.count("\n"), line.reply_to) == (1, 7)


async def test_f77_a_rule_that_could_not_be_checked_is_named(database: Database) -> None:
    claimed = replace(await claimed_purchase(database, KRILL), reasons='{"unknown": ["below_minimum"]}')
    assert "Price unknown" in MessageBuilder(database, CALLBACKS, chain=CHAIN).build([claimed], {}).text
