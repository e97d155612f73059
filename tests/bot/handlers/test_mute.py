"""The buttons Mute 1 h and Unmute under an alert.
/mute and its buttons.
"""

import pytest
from msgspec import structs

from domain.rules.rules import FOREVER
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import AlertSubject, alert_keyboard
from sandbox.telegram.shapes import User
from storage.ingest.activities import Batch, store
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, TOKEN, WHALE, TelegramChats
from tests.bot.handlers.alerts import send_alert
from tests.storage.sample_data import MINT as BONK
from tests.storage.sample_data import fan_out_all, purchase, settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


async def test_mute_and_unmute_alternate_and_the_other_buttons_stay(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    watch_id = await database.fetchval("SELECT watch_id FROM watches")
    keyboard = alert_keyboard(Callbacks(TOKEN), AlertSubject(watch_id=watch_id, mint=WHALE), chat_id=alice.id)
    message = await send_alert(chats, alice.id, keyboard)
    await chats.ask(alice.id, "/timezone Asia/Tokyo")
    note, _ = await chats.press_and_read_edit(alice.id, message, "🔕 Mute 1 h")
    assert "muted until" in note
    assert "UTC" not in note
    assert await database.fetchval("SELECT muted_until > now() + interval '50 minutes' FROM watches")
    note, _ = await chats.press_and_read_edit(alice.id, message, "🔔 Unmute")
    assert "Moby unmuted" in note
    note, text = await chats.press_and_read_edit(alice.id, message, "🔕 Mute Moby")
    assert "muted until" in note
    assert text == "🟢 Moby bought"
    await chats.press(alice.id, message, "🛡 Scan")


async def test_a_wallet_that_is_gone_cannot_be_muted(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/start")
    keyboard = alert_keyboard(Callbacks(TOKEN), AlertSubject(watch_id=77, mint=None), chat_id=alice.id)
    message = await send_alert(chats, alice.id, keyboard)
    assert "no longer followed here" in await chats.press(alice.id, message, "🔕 Mute 1 h")


async def test_a_button_of_another_chat_or_bot_is_refused(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/start")
    for callbacks, chat_id in ((Callbacks(TOKEN), 1), (Callbacks("another"), alice.id)):
        keyboard = alert_keyboard(callbacks, AlertSubject(watch_id=1, mint=None), chat_id=chat_id)
        message = await send_alert(chats, alice.id, keyboard)
        assert "too old" in await chats.press(alice.id, message, "🔕 Mute 1 h")


async def muted_for(database: Database) -> float:
    seconds = await database.fetchval("SELECT extract(epoch FROM muted_until - now()) FROM watches")
    return float(seconds)


async def test_a_wallet_is_muted_for_as_long_as_one_says(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby Dick")
    assert "muted until" in await chats.ask(alice.id, "/mute Moby Dick 1d")
    assert 86_000 < await muted_for(database) <= 86_400
    assert "muted until you unmute it" in await chats.ask(alice.id, "/mute Moby Dick forever")
    assert await muted_for(database) > 99 * 365 * 86_400
    assert "🔕" in await chats.ask(alice.id, "/wallets")
    assert "unmuted" in await chats.ask(alice.id, f"/mute {WHALE} off")
    assert await muted_for(database) <= 0


async def test_what_is_missing_is_asked_for_with_buttons(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Write it like" in await chats.ask(alice.id, "/mute")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    message = await chats.ask_message(alice.id, "/mute")
    _, text = await chats.press_and_read_edit(alice.id, message, "Moby")
    assert "for how long?" in text
    _, text = await chats.press_and_read_edit(alice.id, message, "8 h")
    assert "Moby muted until" in text
    assert 28_000 < await muted_for(database) <= 28_800


async def test_a_token_is_muted_whoever_trades_it(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "muted until" in await chats.ask(alice.id, f"/mute {MINT} 1h")
    assert (await settings_of(database, alice.id)).muted_tokens.keys() == {MINT}
    message = await chats.ask_message(alice.id, f"/mute {MINT}")
    _, text = await chats.press_and_read_edit(alice.id, message, "Forever")
    assert "until you unmute it" in text
    assert (await settings_of(database, alice.id)).muted_tokens == {MINT: FOREVER}
    assert "unmuted" in await chats.ask(alice.id, f"/mute {MINT} off")
    assert (await settings_of(database, alice.id)).muted_tokens == {}


async def test_a_name_of_neither_wallet_nor_token_is_refused(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    assert "No wallet you follow and no token seen here is called “Nemo”" in await chats.ask(
        alice.id, "/mute Nemo 1h"
    )
    assert "is called “Cora 2”" in await chats.ask(alice.id, "/mute Cora 2 forever")
    assert "“soon” is not a time" in await chats.ask(alice.id, "/mute Moby soon")


async def test_a_token_is_muted_by_its_symbol(chats: TelegramChats, alice: User, database: Database) -> None:
    assert "muted until" in await chats.ask(alice.id, "/mute $wif 1d")
    assert (await settings_of(database, alice.id)).muted_tokens.keys() == {MINT}


async def test_tokens_that_share_a_symbol_are_asked_about(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    fake = Token(chain="solana", mint=BONK, symbol="WIF", name=None, decimals=5)
    await save_tokens(database, [fake])
    event = structs.replace(purchase(), chain="solana", wallet=WHALE)
    await store(database, Batch(chain="solana", activities=[event]))
    await fan_out_all(database)
    message = await chats.ask_message(alice.id, "/mute wif 1h")
    assert "Several tokens are called wif" in (message.text or "")
    _, text = await chats.press_and_read_edit(alice.id, message, BONK)
    assert "muted until" in text
    assert (await settings_of(database, alice.id)).muted_tokens.keys() == {BONK}
    _, text = await chats.press_and_read_edit(alice.id, message, "↩️ Undo")
    assert (await settings_of(database, alice.id)).muted_tokens == {}


@pytest.mark.parametrize(
    ("span", "said"),
    [("-1h", "never negative"), ("99999d", "at most 10 years"), ("1 month", "muted until")],
)
async def test_a_span_is_read_whole_or_refused_without_tags(
    chats: TelegramChats, alice: User, span: str, said: str
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    answer_text = await chats.ask(alice.id, f"/mute Moby {span}")
    assert said in answer_text
    assert "<" not in answer_text


async def test_one_of_two_namesakes_is_chosen_and_the_time_kept(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/mute Moby 1h")
    _, text = await chats.press_and_read_edit(alice.id, choice, "Moby So11…1112")
    assert "Moby So11…1112 muted until" in text
    assert await database.fetchval("SELECT count(*) FROM watches WHERE muted_until > now()") == 1
