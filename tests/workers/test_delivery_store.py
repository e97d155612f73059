"""The sender's outbox is stored in PostgreSQL.
What claimed deliveries need to become messages is looked up, and missing where it cannot be.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from domain.activity.activity import Leg
from domain.chats import ChatKind, ChatTarget
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, Correction, DeliveryKind, Destination
from domain.delivery.facts import NO_FACTS, MessageFacts
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.rules.lanes import Lane
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Message
from messaging.telegram.renderers import RENDERERS, RenderContext
from messaging.telegram.text_cache import MAX_TEXTS, TextCache
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats
from storage.delivery.claims import claim
from storage.delivery.digests import gather_due
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from storage.redis import open_redis
from tests.storage.outbox import defer_alerts, end_deferral
from tests.storage.sample_data import (
    ALICE,
    CHAIN,
    fan_out_all,
    follow,
    happened,
    purchase,
    tokens_without_redis,
)
from workers.delivery_store import StoredFacts, StoredOutbox

pytestmark = pytest.mark.services
KRILL = "So11111111111111111111111111111111111111113"


async def test_what_one_claimed_is_marked_and_recorded_by_nobody_else(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    mine, other = StoredOutbox(database, owner="a"), StoredOutbox(database, owner="b")
    (claimed,) = await mine.claim(5, Lane.BULK, spare_room=5)
    assert await other.claim(5, Lane.BULK, spare_room=5) == []
    assert await other.mark([claimed.delivery_id]) == set()
    assert await mine.mark([claimed.delivery_id]) == {claimed.delivery_id}
    sent = apply_result(claimed, SendResult(status=SendStatus.ACCEPTED, message_id=9))
    await other.record_results([sent])
    assert await database.fetchval("SELECT state FROM deliveries") == "sending"
    await mine.record_results([sent])
    assert await database.fetchval("SELECT state FROM deliveries") == "sent"


async def test_chats_are_closed_and_moved(database: Database, valkey_url: str) -> None:
    await follow(database, -5)
    redis = open_redis(valkey_url, text=False)
    target = ChatTarget(chat_id=-1005, kind=ChatKind.SUPERGROUP)
    bot = CachedChats(database, Caches(redis))
    assert await bot.watches(target, chain=CHAIN) == []
    outbox = StoredOutbox(database, owner="a", caches=Caches(redis))
    await outbox.migrate(Destination(chat_id=-5), -1005)
    assert len(await bot.watches(target, chain=CHAIN)) == 1
    await redis.aclose()
    await outbox.close(Destination(chat_id=-1005), "kicked")
    row = await database.fetchrow("SELECT chat_id, closed_reason FROM chats")
    assert row is not None
    assert tuple(row) == (-1005, "kicked")


async def test_what_is_given_back_may_be_claimed_again(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    outbox = StoredOutbox(database, owner="a")
    (claimed,) = await outbox.claim(5, Lane.BULK, spare_room=5)
    await outbox.release([claimed.delivery_id], 0.0)
    assert len(await outbox.claim(5, Lane.BULK, spare_room=5)) == 1


async def claimed_purchase(database: Database, mint: str) -> ClaimedDelivery:
    await follow(database, ALICE, label="Toly")
    leg = Leg(mint=mint, raw=5_000_000, decimals=6)
    await happened(database, structs.replace(purchase(), received=(leg,)))
    await fan_out_all(database)
    (claimed,) = await claim(database, owner="a", limit=1)
    return claimed


def alert_of(claimed: ClaimedDelivery) -> AlertContent:
    assert isinstance(claimed.content, AlertContent)
    return claimed.content


def render(claimed: ClaimedDelivery, facts: MessageFacts = NO_FACTS) -> Message:
    context = RenderContext(callbacks=Callbacks("1:token"), texts=TextCache(MAX_TEXTS))
    message = RENDERERS[claimed.kind](context, [claimed], facts)
    assert message is not None
    return message


async def read(database: Database, claimed: ClaimedDelivery) -> MessageFacts:
    return await StoredFacts(database, tokens=tokens_without_redis(database)).read([claimed])


async def test_a_known_symbol_is_shown(database: Database) -> None:
    await save_tokens(database, [Token(chain=CHAIN, mint=KRILL, symbol="KRILL", name=None, decimals=6)])
    claimed = await claimed_purchase(database, KRILL)
    message = render(claimed, await read(database, claimed))
    assert message.text.startswith("🟢 <b>Toly</b> bought 5 KRILL for 84.2 SOL\n")
    assert "late" in message.text
    assert "repeat" not in message.text
    assert message.chat_id == ALICE
    assert message.keyboard is not None


async def test_an_unknown_one_is_its_mint_and_a_repeat_is_marked(database: Database) -> None:
    claimed = replace(await claimed_purchase(database, KRILL), ambiguous_sends=1)
    message = render(claimed, await read(database, claimed))
    assert "5 So11…1113" in message.text
    assert "Possible repeat" in message.text


async def test_a_database_that_is_away_costs_the_symbols_only(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    await database.close()
    assert (await read(database, claimed)).symbols == {}


async def test_what_a_correction_shows_is_missing_while_the_database_is_away(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    content = Correction(delivery_id=claimed.delivery_id, message_id=7)
    correction = replace(claimed, kind=DeliveryKind.CORRECTION, content=content)
    await database.close()
    with pytest.raises(LookupError):
        render(correction, await read(database, correction))


async def test_what_a_correction_is_of_and_cannot_be_read_holds_up_no_other(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    content = Correction(delivery_id=claimed.delivery_id, message_id=None)
    correction = replace(claimed, kind=DeliveryKind.CORRECTION_REPLY, content=content)
    await database.execute("UPDATE alerts SET kind = 'of the next version'")
    facts = await StoredFacts(database, tokens=tokens_without_redis(database)).read([claimed, correction])
    assert "bought" in render(claimed, facts).text
    with pytest.raises(LookupError):
        render(correction, facts)


async def test_a_digest_lists_all_that_was_defer_alerts(database: Database) -> None:
    await defer_alerts(database, ALICE, 3)
    await end_deferral(database)
    await gather_due(database)
    (claimed,) = await claim(database, owner="a", limit=1)
    with pytest.raises(LookupError):
        render(claimed)
    text = render(claimed, await read(database, claimed)).text
    assert "3 alerts" in text
    assert text.count("<b>Moby</b> bought") == 3


async def test_what_was_reverted_is_written_as_of_the_time_when_it_was_sent(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    alert = alert_of(claimed)
    sent_at = alert.happened_at + timedelta(seconds=5)
    displayed = replace(claimed, content=replace(alert, sent_at=sent_at, reverted=True))
    message = render(displayed)
    assert message.text.startswith("❌ <b>Reverted:</b>")
    assert " late" not in message.text
    assert message.keyboard is not None
    content = Correction(delivery_id=displayed.delivery_id, message_id=7)
    reply = replace(displayed, delivery_id=9, kind=DeliveryKind.CORRECTION_REPLY, content=content)
    line = render(reply, MessageFacts(corrected={9: [displayed]}))
    assert (line.text.count("\n"), line.reply_to) == (1, 7)


async def test_f77_a_rule_that_could_not_be_checked_is_named(database: Database) -> None:
    claimed = await claimed_purchase(database, KRILL)
    undecided = replace(alert_of(claimed), reasons='{"unknown": ["below_minimum"]}')
    text = render(replace(claimed, content=undecided)).text
    assert "❔ Not known, so not checked by your rules: dollars" in text
