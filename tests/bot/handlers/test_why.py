"""/why: gate by gate, and the button that opens the gate."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind
from domain.rules.rules import ChatSettings, Digest, Rules
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import alert_keyboard
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.chats.rules import change_rules, change_settings, read_rules
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.postgres import Database
from tests.bot.conftest import TOKEN, WHALE, Town, until
from tests.bot.handlers.test_mute import alert
from tests.storage.scenes import MINT, fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
SIGNATURE = "5" * 88
NOBODY = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


def event(kind: Kind = Kind.BUY, signature: str = SIGNATURE) -> Activity:
    return structs.replace(purchase(kind=kind), chain="solana", wallet=WHALE, signature=signature)


async def happens(database: Database, *activities: Activity) -> None:
    await store(database, Batch(chain="solana", activities=activities))
    await fan_out_all(database)


@pytest.fixture
async def watch_id(town: Town, alice: User, database: Database) -> int:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    return int(await database.fetchval("SELECT watch_id FROM watches"))


async def test_an_alert_that_was_sent_is_replayed(
    town: Town, alice: User, database: Database, watch_id: int
) -> None:
    await happens(database, event())
    entry = town.telegram.ledger.messages(alice.id)[-1]
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = $1, finished_at = now()", entry.message_id
    )
    told = await town.ask(alice.id, "/why", MessageTarget(reply_to=entry.message_id))
    assert "Moby bought" in told
    assert "✅ Seen: slot 100" in told
    assert "✅ Read as: buy" in told
    assert "✅ Followed: Moby" in told
    assert "✅ Rules: none are set" in told
    assert "✅ Delivered" in told


async def test_a_rule_that_stopped_it_is_told_and_a_button_opens_it(
    town: Town, alice: User, database: Database, watch_id: int
) -> None:
    rules = Rules(kinds_off=frozenset({Kind.BUY}), first_buy_only=True)
    await change_rules(database, watch_id=watch_id, chat_id=alice.id, change=lambda _: rules)
    await happens(database, event())
    shown = await town.asked(alice.id, f"/why {SIGNATURE}")
    assert "🛑 Kinds: buy" in (shown.text or "")
    assert "➖ Delivery: none" in (shown.text or "")
    await town.press_and_see(alice.id, shown, "Tell me of: buy")
    assert read_rules(await database.fetchval("SELECT rules FROM watches")).kinds_off == frozenset()


async def test_f75_the_rule_at_the_time_of_the_event_is_shown(
    town: Town, alice: User, database: Database, watch_id: int
) -> None:
    await change_rules(
        database, watch_id=watch_id, chat_id=alice.id, change=lambda _: Rules(min_usd=Decimal(777))
    )
    await happens(database, event())
    await change_rules(database, watch_id=watch_id, chat_id=alice.id, change=lambda _: Rules())
    told = await town.ask(alice.id, "/why Moby")
    assert "❔ Minimum $777; that was not known, so it passed" in told
    assert "⏳ Limits: it waits for its turn" in told


async def test_a_mute_is_told_and_undone(town: Town, alice: User, database: Database, watch_id: int) -> None:
    await town.ask(alice.id, "/mute Moby forever")
    await happens(database, event())
    shown = await town.asked(alice.id, f"/why {MINT}")
    assert "🛑 Mute: the wallet was muted" in (shown.text or "")
    _, text = await town.press_and_see(alice.id, shown, "🔔 Unmute the wallet")
    assert "I tell you again" in text
    assert not await database.fetchval("SELECT muted_until > now() FROM watches")


async def test_what_is_held_says_until_when(
    town: Town, alice: User, database: Database, watch_id: int
) -> None:
    await change_settings(database, alice.id, lambda _: ChatSettings(digest=Digest.DAILY))
    await happens(database, event())
    told = await town.ask(alice.id, f"/why {WHALE}")
    assert "🌙 Digest, daily" in told
    assert "🌙 Held until" in told


async def test_who_does_not_follow_the_wallet_may_begin(
    town: Town, alice: User, bob: User, database: Database, watch_id: int
) -> None:
    await happens(database, event())
    shown = await town.asked(bob.id, f"/why {SIGNATURE}")
    assert "🛑 Followed: no" in (shown.text or "")
    seq = town.telegram.ledger.last
    await town.press(bob.id, shown, "🐋 Follow")
    assert "I now follow" in ((await town.said(bob.id, seq)).text or "")
    assert "🛑 Followed: no" not in await town.ask(bob.id, f"/why {SIGNATURE}")


async def test_what_was_not_seen_or_not_read_says_so(
    town: Town, alice: User, database: Database, watch_id: int
) -> None:
    assert "🛑 Seen: no. I have read nothing yet" in await town.ask(alice.id, f"/why {SIGNATURE}")
    quarantined = QuarantinedTransaction(
        slot=5, position=0, signature=SIGNATURE, reason="odd <shape>", raw=b"{}"
    )
    await store(database, Batch(chain="solana", quarantined=[quarantined], feed="blocks", slot=5))
    assert "🛑 Read: I could not make sense" in await town.ask(alice.id, f"/why {SIGNATURE}")
    assert "up to slot 5" in await town.ask(alice.id, f"/why {'4' * 88}")
    assert "nothing happened in this wallet" in await town.ask(alice.id, "/why Moby")
    assert "None of the latest events" in await town.ask(alice.id, f"/why {NOBODY}")


async def test_without_a_question_it_says_how_to_ask(town: Town, alice: User) -> None:
    entry = await town.asked(alice.id, "/why")
    assert "Answer one of my alerts" in (entry.text or "")
    assert "no alert of mine" in await town.ask(alice.id, "/why", MessageTarget(reply_to=entry.message_id))


async def test_buttons_under_an_alert_tell_why_and_offer_less(
    town: Town, alice: User, database: Database, watch_id: int
) -> None:
    await happens(database, event())
    keyboard = alert_keyboard(Callbacks(TOKEN), chat_id=alice.id, watch_id=watch_id, mint=MINT)
    entry = await alert(town, alice.id, keyboard)
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = $1, finished_at = now()", entry.message_id
    )
    await town.press(alice.id, entry, "❔ Why")
    told = await town.said(alice.id, entry.seq)
    assert "✅ Rules: none are set" in (told.text or "")
    await town.press(alice.id, entry, "🤏 Less like this")
    offer = await town.said(alice.id, told.seq)
    assert "What shall I tell less of? It was Moby" in (offer.text or "")
    await town.press(alice.id, offer, "Of this wallet no buy")
    await until(lambda: _silent(database, watch_id))


async def _silent(database: Database, watch_id: int) -> bool:
    text = await database.fetchval("SELECT rules FROM watches WHERE watch_id = $1", watch_id)
    return Kind.BUY in (read_rules(text).kinds_off or ())
