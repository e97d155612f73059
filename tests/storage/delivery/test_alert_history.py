"""The history of an alert is found by its message, transaction, wallet or token, for one chat."""

import msgspec
import pytest

from domain.delivery.deliveries import DeliveryState
from domain.rules.gates import Gate
from domain.rules.rehearsal import MAX_EVENTS, MIN_OF_EACH, rehearse
from runtime.clock import monotonic
from storage.chats.watches import mute_watch, remove_watch, watches_of
from storage.delivery.alert_history import (
    history_of_message,
    history_of_token,
    history_of_transaction,
    history_of_wallet,
    past_events,
    why_unreadable,
)
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.postgres import Database
from tests.storage.outbox import defer_alerts, end_deferral, send_all
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


async def sent(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    await happened(database, purchase(1), purchase(2))
    await fan_out_all(database)
    await send_all(database, message_id=7)


async def test_it_is_found_by_message_transaction_wallet_and_token(database: Database) -> None:
    await sent(database)
    chat = {"chat_id": ALICE, "topic_id": 0}
    of_message = await history_of_message(database, **chat, message_id=7)
    of_transaction = await history_of_transaction(database, **chat, signature=purchase(2).signature)
    of_wallet = await history_of_wallet(database, **chat, wallet=WHALE, chain=CHAIN)
    of_token = await history_of_token(database, **chat, mint=MINT)
    assert of_message is not None
    assert of_message == of_transaction == of_wallet == of_token
    assert (of_message.event, of_message.label, of_message.decided) == (purchase(2), "Moby", True)
    assert of_message.delivery is not None
    assert (of_message.delivery.state, of_message.delivery.gate) == (DeliveryState.SENT, Gate.WANTED)


async def test_what_is_not_known_has_none(database: Database) -> None:
    await sent(database)
    chat = {"chat_id": ALICE, "topic_id": 0}
    assert await history_of_message(database, **chat, message_id=8) is None
    assert await history_of_transaction(database, **chat, signature="other") is None
    assert await history_of_wallet(database, **chat, wallet="other", chain=CHAIN) is None
    assert await history_of_token(database, **chat, mint="other") is None
    assert await history_of_token(database, chat_id=BOB, topic_id=0, mint=MINT) is None


async def test_a_chat_without_a_decision_sees_the_alert_without_a_delivery(database: Database) -> None:
    await sent(database)
    history = await history_of_wallet(database, chat_id=BOB, topic_id=0, wallet=WHALE, chain=CHAIN)
    assert history is not None
    assert (history.delivery, history.watch_id, history.followed_at) == (None, None, None)


async def test_a_no_keeps_its_gate_after_the_watch_is_gone(database: Database) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    await mute_watch(database, watch_id=watch.watch_id, chat_id=ALICE, seconds=3600)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WHALE)
    history = await history_of_transaction(
        database, chat_id=ALICE, topic_id=0, signature=purchase(1).signature
    )
    assert history is not None
    assert history.delivery is not None
    assert (history.delivery.gate, history.watch_id) == (Gate.MUTED, None)


async def test_a_deferred_alert_has_the_state_of_its_digest(database: Database) -> None:
    await defer_alerts(database, ALICE, 2)
    history = await history_of_transaction(
        database, chat_id=ALICE, topic_id=0, signature=purchase(0).signature
    )
    assert history is not None
    assert history.delivery is not None
    assert (history.delivery.state, history.delivery.digest_state) == (DeliveryState.DEFERRED, None)
    await end_deferral(database)


async def test_an_unreadable_transaction_has_its_reason(database: Database) -> None:
    row = QuarantinedTransaction(slot=1, position=0, signature="odd", reason="version 2", raw=b"{}")
    await store(database, Batch(chain=CHAIN, quarantined=[row]))
    assert await why_unreadable(database, chain=CHAIN, signature="odd") == "version 2"
    assert await why_unreadable(database, chain=CHAIN, signature="even") is None


@pytest.mark.measures
async def test_a_week_of_events_is_counted_within_a_second(database: Database) -> None:
    """With as many as are ever counted; each stored with its payload, its worth and a decision."""
    await follow(database, ALICE)
    payload = msgspec.json.encode(purchase()).decode()
    await database.execute(
        "INSERT INTO alerts (chain, wallet_id, subject, sort, payload, market, block_time, fanned_out_at)"
        " SELECT chain, wallet_id, address, 'buy', $1::jsonb, '{\"usd\": \"50\"}', now(), now()"
        " FROM wallets, generate_series(1, $2)",
        payload,
        MAX_EVENTS + 10,
    )
    watches = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    seconds = []
    for _ in range(3):  # what else this machine does may slow one
        began = monotonic()
        found = rehearse({one.watch_id: one for one in watches}, await past_events(database, watches))
        seconds.append(monotonic() - began)
    assert min(seconds) < 1
    assert (found.number, found.is_cut) == (MAX_EVENTS, True)


async def test_of_each_of_many_wallets_only_the_latest_are_read(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute(
        "INSERT INTO alerts (chain, wallet_id, subject, sort, payload, market, block_time, fanned_out_at)"
        " SELECT chain, wallet_id, address, 'buy', $1::jsonb, '{}', now(), now()"
        " FROM wallets, generate_series(1, $2)",
        msgspec.json.encode(purchase()).decode(),
        MIN_OF_EACH + 9,
    )
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert len(await past_events(database, [watch])) == MIN_OF_EACH + 9
    assert len(await past_events(database, [watch] * 100)) == MIN_OF_EACH


async def test_only_a_week_of_followed_wallets_is_counted_and_spam_is_marked(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB, wallet=OTHER)
    await happened(database, purchase(1), purchase(2), purchase(3, wallet=OTHER))
    await fan_out_all(database)
    await database.execute("UPDATE alerts SET created_at = now() - interval '8 days' WHERE alert_id = 1")
    await database.execute("UPDATE deliveries SET gate = 'spam' WHERE alert_id = 2")
    watches = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    (event,) = await past_events(database, watches)
    assert (event.activity, event.is_spam) == (purchase(2), True)
