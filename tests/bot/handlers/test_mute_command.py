"""/mute and its buttons."""

import pytest
from msgspec import structs

from domain.rules.rules import FOREVER
from sandbox.telegram.shapes import User
from storage.chats.rules import settings_of
from storage.ingest.activities import Batch, store
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.storage.sample_data import MINT as BONK
from tests.storage.sample_data import fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


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
    assert "No wallet you follow and no token seen here is called “Nemo 1h”" in await chats.ask(
        alice.id, "/mute Nemo 1h"
    )
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
