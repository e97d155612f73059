"""What was silent as spam is counted once a day, for chats that want it."""

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Kind, Leg
from domain.delivery.deliveries import DeliveryKind, SuppressedSpam
from domain.rules.gates import Gate
from domain.rules.rules import ChatSettings
from storage.chats.rules import change_settings
from storage.delivery.claims import claim
from storage.delivery.spam_lines import count_spam
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

DUST = structs.replace(
    purchase(kind=Kind.TRANSFER_IN), paid=(), received=(Leg(mint=SOL, raw=5, decimals=9),), is_signer=False
)
STRANGE = structs.replace(DUST, received=(Leg(mint="Strange", raw=5, decimals=0),))


async def wants_line(database: Database, chat_id: int, *, is_wanted: bool = True) -> None:
    await change_settings(database, chat_id, lambda old: structs.replace(old, spam_line=is_wanted))


async def let_a_day_end(database: Database) -> None:
    await database.execute("UPDATE chats SET spam_line_at = now() WHERE spam_line_at IS NOT NULL")


async def spam(database: Database, first: int) -> None:
    sorts = (DUST, DUST, STRANGE)
    named = [structs.replace(one, signature=f"spam-{first + n}") for n, one in enumerate(sorts)]
    await happened(database, *named)
    await fan_out_all(database)


async def test_the_line_counts_each_sort_of_the_last_day_once(database: Database) -> None:
    for chat in (ALICE, BOB):
        await follow(database, chat)
    await wants_line(database, ALICE)
    await spam(database, 0)
    await database.execute("UPDATE deliveries SET created_at = created_at - interval '25 hours'")
    await spam(database, 10)
    assert await count_spam(database) == 0, "the day has not ended"
    await let_a_day_end(database)
    assert [await count_spam(database), await count_spam(database)] == [1, 0]
    (line,) = await claim(database, owner="a", limit=9)
    assert (line.chat_id, line.kind) == (ALICE, DeliveryKind.SPAM_LINE)
    assert line.content == SuppressedSpam(by_gate={Gate.DUST: 2, Gate.SPAM: 1})


async def test_a_day_without_spam_has_no_line_and_the_next_day_is_looked_at(database: Database) -> None:
    await follow(database, ALICE)
    await wants_line(database, ALICE)
    await let_a_day_end(database)
    assert await count_spam(database) == 1
    assert await claim(database, owner="a", limit=9) == []
    assert await database.fetchval("SELECT spam_line_at > now() FROM chats WHERE chat_id = $1", ALICE)


async def test_who_wants_it_no_more_is_not_counted_for(database: Database) -> None:
    await follow(database, ALICE)
    await wants_line(database, ALICE)
    await wants_line(database, ALICE, is_wanted=False)
    await let_a_day_end(database)
    assert await count_spam(database) == 0
    assert ChatSettings().spam_line is False
