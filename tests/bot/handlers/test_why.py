"""/why: gate by gate, and the button that opens the gate."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind
from domain.rules.rules import ChatSettings, Digest, Rules
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import AlertSubject, alert_keyboard
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.ledger import Entry
from sandbox.telegram.shapes import User
from storage.chats.rules import change_rules, change_settings, read_rules
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.bot.conftest import TOKEN, WHALE, TelegramChats
from tests.bot.handlers.alerts import send_alert
from tests.storage.sample_data import MINT, fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
SIGNATURE = "5" * 88
REAL_SIGNATURE = "5h6xBEauJ3PK6SWCZ1PGjBvj8vDdWG3KpwATGy1ARAXFSDwt8GFXM7W5Ncn16wmqokgpiKRLuS83KUxyZyv2sUYv"
NOBODY = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


def event(kind: Kind = Kind.BUY, signature: str = SIGNATURE) -> Activity:
    return structs.replace(purchase(kind=kind), chain="solana", wallet=WHALE, signature=signature)


async def happens(database: Database, *activities: Activity) -> None:
    await store(database, Batch(chain="solana", activities=activities))
    await fan_out_all(database)


@pytest.fixture
async def watch_id(chats: TelegramChats, alice: User, database: Database) -> int:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    return int(await database.fetchval("SELECT watch_id FROM watches"))


async def test_an_alert_that_was_sent_is_replayed(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await happens(database, event())
    entry = chats.telegram.ledger.messages(alice.id)[-1]
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = $1, finished_at = now()", entry.message_id
    )
    answer_text = await chats.ask(alice.id, "/why", MessageTarget(reply_to=entry.message_id))
    assert "Moby bought" in answer_text
    assert "✅ Seen: slot 100" in answer_text
    assert "✅ Read as: buy" in answer_text
    assert "✅ Followed: Moby" in answer_text
    assert "✅ Rules: none are set" in answer_text
    assert "✅ Delivered" in answer_text


async def test_why_names_the_rule_that_stopped_an_alert_and_a_button_opens_it(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    rules = Rules(kinds_off=frozenset({Kind.BUY}), first_buy_only=True)
    await change_rules(database, watch_id=watch_id, chat_id=alice.id, change=lambda _: rules)
    await happens(database, event())
    message = await chats.ask_message(alice.id, f"/why {SIGNATURE}")
    assert "🛑 Muted type: buy" in (message.text or "")
    assert "➖ Delivery: none" in (message.text or "")
    await chats.press_and_read_edit(alice.id, message, "🔔 Unmute buys")
    assert read_rules(await database.fetchval("SELECT rules FROM watches")).kinds_off == frozenset()


async def test_f75_the_rule_at_the_time_of_the_event_is_shown(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await change_rules(
        database, watch_id=watch_id, chat_id=alice.id, change=lambda _: Rules(min_usd=Decimal(777))
    )
    await happens(database, event())
    await change_rules(database, watch_id=watch_id, chat_id=alice.id, change=lambda _: Rules())
    answer_text = await chats.ask(alice.id, "/why Moby")
    assert "❔ Minimum $777; that was not known, so it passed" in answer_text
    assert "⏳ Delivery: queued" in answer_text


async def test_why_names_a_mute_and_a_button_undoes_it(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await chats.ask(alice.id, "/mute Moby forever")
    await happens(database, event())
    message = await chats.ask_message(alice.id, f"/why {MINT}")
    assert "🛑 Mute: the wallet was muted" in (message.text or "")
    _, text = await chats.press_and_read_edit(alice.id, message, "🔔 Unmute the wallet")
    assert "Moby unmuted" in text
    assert not await database.fetchval("SELECT muted_until > now() FROM watches")


async def test_why_names_the_end_of_a_deferral(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await change_settings(database, alice.id, lambda _: ChatSettings(digest=Digest.DAILY))
    await happens(database, event())
    answer_text = await chats.ask(alice.id, f"/why {WHALE}")
    assert "🌙 Digest, daily" in answer_text
    assert "🌙 Held until" in answer_text


async def test_who_does_not_follow_the_wallet_may_begin(
    chats: TelegramChats, alice: User, bob: User, database: Database, watch_id: int
) -> None:
    await happens(database, event())
    message = await chats.ask_message(bob.id, f"/why {SIGNATURE}")
    assert "🛑 Followed: no" in (message.text or "")
    seq = chats.telegram.ledger.last
    await chats.press(bob.id, message, "🐋 Follow")
    assert "✅ Following" in ((await chats.next_entry(bob.id, seq)).text or "")
    assert "🛑 Followed: no" not in await chats.ask(bob.id, f"/why {SIGNATURE}")


async def test_what_was_not_seen_or_not_read_says_so(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    assert "🛑 Not seen. The chain is not read at all yet" in await chats.ask(alice.id, f"/why {SIGNATURE}")
    quarantined = QuarantinedTransaction(
        slot=5, position=0, signature=SIGNATURE, reason="odd <shape>", raw=b"{}"
    )
    await store(database, Batch(chain="solana", quarantined=[quarantined], feed="blocks", slot=5))
    assert "🛑 Read: this transaction could not be understood" in await chats.ask(
        alice.id, f"/why {SIGNATURE}"
    )
    assert "up to slot 5" in await chats.ask(alice.id, f"/why {'4' * 88}")
    assert "this wallet did nothing" in await chats.ask(alice.id, "/why Moby")
    assert "None of the latest events" in await chats.ask(alice.id, f"/why {NOBODY}")


async def test_without_a_question_it_says_how_to_ask(chats: TelegramChats, alice: User) -> None:
    entry = await chats.ask_message(alice.id, "/why")
    assert "Reply /why to an alert" in (entry.text or "")
    assert "isn't one of my alerts" in await chats.ask(
        alice.id, "/why", MessageTarget(reply_to=entry.message_id)
    )


async def test_buttons_under_an_alert_explain_why_and_offer_less(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await happens(database, event())
    keyboard = alert_keyboard(Callbacks(TOKEN), AlertSubject(watch_id=watch_id, mint=MINT), chat_id=alice.id)
    entry = await send_alert(chats, alice.id, keyboard)
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = $1, finished_at = now()", entry.message_id
    )
    await chats.press(alice.id, entry, "❔ Why")
    answer_text = await chats.next_entry(alice.id, entry.seq)
    assert "✅ Rules: none are set" in (answer_text.text or "")
    assert _replied_to(answer_text) == entry.message_id
    assert "Shown just now" in await chats.press(alice.id, entry, "❔ Why")
    by_hand = await chats.ask_message(alice.id, f"/why {SIGNATURE}")
    assert _replied_to(by_hand) == entry.message_id
    answer_text = by_hand
    await chats.press(alice.id, entry, "🤏 Less")
    offer = await chats.next_entry(alice.id, answer_text.seq)
    assert "Fewer alerts like this" in (offer.text or "")
    _, text = await chats.press_and_read_edit(alice.id, offer, "No more buys from Moby")
    assert text == "✅ No more buys from Moby."
    assert await _silent(database, watch_id)
    _, text = await chats.press_and_read_edit(alice.id, offer, "↩️ Undo")
    assert "Undone" in text
    assert not await _silent(database, watch_id)


async def test_a_token_is_explained_by_its_symbol(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await save_tokens(database, [Token(chain="solana", mint=MINT, symbol="MITTEN", name=None, decimals=5)])
    await happens(database, event())
    assert "Moby bought" in await chats.ask(alice.id, "/why MITTEN")
    assert "Moby bought" in await chats.ask(alice.id, "/why $mitten")


async def test_a_transaction_alone_and_a_link_to_it_are_explained(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await happens(database, event(signature=REAL_SIGNATURE))
    assert "Moby bought" in await chats.ask(alice.id, REAL_SIGNATURE)
    assert "Moby bought" in await chats.ask(alice.id, f"https://solscan.io/tx/{REAL_SIGNATURE}")


async def test_the_wallets_of_one_name_are_offered(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await chats.ask(alice.id, f"/watch {NOBODY} Moby")
    choice = await chats.ask_message(alice.id, "/why Moby")
    assert "Several wallets are called Moby" in (choice.text or "")
    _, text = await chats.press_and_read_edit(alice.id, choice, "Moby Toke…Q5DA")
    assert "this wallet did nothing" in text
    await happens(database, event())
    assert "Moby So11…1112 bought" in await chats.ask(alice.id, f"/why {SIGNATURE}")


async def _silent(database: Database, watch_id: int) -> bool:
    text = await database.fetchval("SELECT rules FROM watches WHERE watch_id = $1", watch_id)
    return Kind.BUY in (read_rules(text).kinds_off or ())


def _replied_to(entry: Entry) -> int | None:
    """The message that one of the bot's messages replies to."""
    replied = None if entry.message is None else entry.message.reply_to_message
    return None if replied is None else replied.message_id


async def test_the_message_of_a_position_lists_all_its_events(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await chats.ask(alice.id, "/settings living on")
    await happens(database, event())
    await happens(database, event(signature="4" * 88))
    entry = chats.telegram.ledger.messages(alice.id)[-1]
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = $1, finished_at = now()", entry.message_id
    )
    answer_text = await chats.ask(alice.id, "/why", MessageTarget(reply_to=entry.message_id))
    assert answer_text.startswith("2 events in this message")
    assert answer_text.count("· delivered") == 2
    assert "✅ Rules: none are set" in answer_text, "and why the latest was sent"


async def test_all_events_of_a_long_position_are_reached_page_by_page(
    chats: TelegramChats, alice: User, database: Database, watch_id: int
) -> None:
    await chats.ask(alice.id, "/settings living on")
    for at in range(1, 26):
        await happens(database, event(signature=f"{at:02}".replace("0", "a") * 44))
    entry = chats.telegram.ledger.messages(alice.id)[-1]
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = $1, finished_at = now()", entry.message_id
    )
    newest = await chats.ask_message(alice.id, "/why", MessageTarget(reply_to=entry.message_id))
    text = newest.text or ""
    assert text.splitlines()[:2] == ["25 events in this message", "6–25"]
    _, older = await chats.press_and_read_edit(alice.id, newest, "◀")
    assert older.splitlines()[:2] == ["25 events in this message", "1–5"]
    assert older.count("· delivered") == 5
