"""What people may do with webhooks: so many by tier, to public addresses, rotated once a day."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput, NotFound, Unavailable
from domain.rules.tiers import Tiers, parse_webhook_limits
from domain.webhooks import OWNER_GONE, WebhookForm
from messaging.webhook.addresses import parse_networks
from messaging.webhook.connections import PushConnections
from services.people import ChatStore, PeopleStore
from services.webhooks import WebhookStore
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database, open_database
from storage.redis import open_redis
from storage.sealing import Sealer
from tests.storage.sample_data import ALICE
from tests.storage.webhook_rows import SEALER, pushed_states, table

pytestmark = pytest.mark.services
CHAT = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE)
PUBLIC = "https://example.org/hook"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
def called() -> list[str]:
    """Each call of the senders."""
    return []


@pytest.fixture
async def webhooks(database: Database, valkey_url: str, called: list[str]) -> AsyncIterator[WebhookStore]:
    async def look_up(host: str, port: int) -> Sequence[Any]:
        if host.endswith("unknown"):
            raise OSError(host)
        address = "10.0.0.1" if host.startswith("intern") else "93.184.215.14"
        return [(2, 1, 6, "", (address, port))]

    async def call_senders() -> None:
        called.append("senders")

    redis = open_redis(valkey_url, text=False)
    chats = ChatStore(database=database, cached=CachedChats(database, Caches(redis)))
    none: dict[str, int] = {"free": 1}
    tiers = Tiers(
        alerts_an_hour={"free": 1},
        watches=none,
        history_days=none,
        api_keys=none,
        campaigns=none,
        webhooks=parse_webhook_limits("free=2,pro=5"),
    )
    connections = PushConnections(parse_networks(""), look_up=look_up)
    yield WebhookStore(
        table=table(database),
        people=PeopleStore(database=database, chats=chats, tiers=tiers),
        chats=chats,
        connections=connections,
        call_senders=call_senders,
    )
    connections.close()
    await redis.aclose()


async def test_as_many_are_made_as_the_tier_allows_each_with_a_secret_of_its_own(
    webhooks: WebhookStore,
) -> None:
    made = [await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC) for _ in range(2)]
    assert len({one.secret for one in made}) == 2
    assert all(one.secret.startswith("whsec_") and len(one.secret) == 50 for one in made)
    with pytest.raises(BadInput, match="Your limit is 2"):
        await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC)
    await webhooks.people.set_tier(ALICE, "pro")
    await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC)
    assert len(await webhooks.of(CHAT)) == 3


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "https"),
        ("https://internal.example.org/", "not public"),
        ("https://unknown/", "Nobody knows unknown, or it is not public"),
        ("https://example.org:22/", "443 or 8443"),
    ],
)
async def test_an_address_to_which_nothing_may_go_is_refused_at_once(
    webhooks: WebhookStore, url: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        await webhooks.make(CHAT, owner_id=ALICE, url=url)
    made = await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC)
    with pytest.raises(BadInput, match=why):
        await webhooks.change(CHAT, made.webhook.webhook_id, url=url, by=ALICE)


async def test_without_a_key_that_seals_none_is_made_and_people_read_why(webhooks: WebhookStore) -> None:
    bare = replace(webhooks, table=replace(webhooks.table, sealer=Sealer([])))
    with pytest.raises(BadInput, match="SECRETS_KEY"):
        await bare.make(CHAT, owner_id=ALICE, url=PUBLIC)


async def test_the_address_of_discord_is_the_secret_and_there_is_no_other(webhooks: WebhookStore) -> None:
    made = await webhooks.make(CHAT, owner_id=ALICE, url="https://discord.com/api/webhooks/1/hidden")
    assert (made.secret, made.webhook.form, made.webhook.host) == ("", WebhookForm.DISCORD, "discord.com")
    with pytest.raises(BadInput, match="its address"):
        await webhooks.rotate(CHAT, made.webhook.webhook_id)
    moved = await webhooks.change(
        CHAT, made.webhook.webhook_id, url="https://hooks.slack.com/services/x", by=ALICE
    )
    assert moved.form is WebhookForm.SLACK


async def test_a_form_read_from_the_address_goes_with_it_and_one_asked_for_stays(
    webhooks: WebhookStore,
) -> None:
    first = await webhooks.make(CHAT, owner_id=ALICE, url="https://discord.com/api/webhooks/1/hidden")
    moved = await webhooks.change(CHAT, first.webhook.webhook_id, url=PUBLIC, by=ALICE)
    assert moved.form is WebhookForm.STANDARD
    assert (await webhooks.rotate(CHAT, first.webhook.webhook_id)).secret
    asked = await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC, form=WebhookForm.DISCORD)
    moved = await webhooks.change(CHAT, asked.webhook.webhook_id, url=f"{PUBLIC}/2", by=ALICE)
    assert moved.form is WebhookForm.DISCORD


async def test_a_rotation_whose_answer_was_lost_is_asked_for_again(webhooks: WebhookStore) -> None:
    made = await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC)
    number = made.webhook.webhook_id
    second = await webhooks.rotate(CHAT, number)
    assert len({made.secret, second.secret, (await webhooks.rotate(CHAT, number)).secret}) == 3
    keyless = replace(webhooks, table=replace(webhooks.table, sealer=Sealer([b"x" * 32])))
    await webhooks.table.database.execute("UPDATE webhooks SET old_secret_until = NULL")
    with pytest.raises(BadInput, match="cannot be opened"):
        await keyless.rotate(CHAT, number)


async def test_a_test_and_a_replay_call_the_senders_while_it_is_on(
    webhooks: WebhookStore, called: list[str], database: Database
) -> None:
    made = await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC)
    number = made.webhook.webhook_id
    delivery_id = await webhooks.test(CHAT, number)
    assert called == ["senders"]
    off = await webhooks.change(CHAT, number, on=False, by=ALICE)
    assert not off.is_on
    assert await pushed_states(database) == [("push_test", "dead")]
    for act in (webhooks.test(CHAT, number), webhooks.replay(CHAT, number, delivery_id)):
        with pytest.raises(BadInput, match="is off"):
            await act
    await webhooks.change(CHAT, number, on=True, by=ALICE)
    await webhooks.replay(CHAT, number, delivery_id)
    assert called == ["senders"] * 2
    (pushed,) = await webhooks.pushed(CHAT, number, before=2**62)
    assert (pushed.delivery_id, pushed.attempts) == (delivery_id, 0)


async def test_what_is_not_there_is_not_found(webhooks: WebhookStore) -> None:
    for act in (
        webhooks.one(CHAT, 7),
        webhooks.change(CHAT, 7, url=PUBLIC, by=ALICE),
        webhooks.change(CHAT, 7, on=True, by=ALICE),
        webhooks.change(CHAT, 7, on=False, by=ALICE),
        webhooks.rotate(CHAT, 7),
        webhooks.test(CHAT, 7),
        webhooks.replay(CHAT, 7, 1),
        webhooks.pushed(CHAT, 7, before=9),
        webhooks.delete(CHAT, 7),
    ):
        with pytest.raises(NotFound):
            await act
    made = await webhooks.make(CHAT, owner_id=ALICE, url=PUBLIC)
    with pytest.raises(NotFound, match="no such delivery"):
        await webhooks.replay(CHAT, made.webhook.webhook_id, 99)
    assert SEALER.is_ready


async def test_a_groups_webhook_goes_off_with_its_admin(
    webhooks: WebhookStore, database: Database, called: list[str]
) -> None:
    club = ChatTarget(chat_id=-5, kind=ChatKind.SUPERGROUP)
    made = await webhooks.make(club, owner_id=ALICE, url=PUBLIC)
    await database.execute("UPDATE webhooks SET owner_checked_at = now() - interval '7 hours'")

    async def unavailable(chat_id: int, user_id: int) -> bool:
        raise Unavailable(f"{chat_id} {user_id}")

    async def is_admin(chat_id: int, user_id: int) -> bool:
        return (chat_id, user_id) != (-5, ALICE)

    await webhooks.check_owners(unavailable)
    assert (await webhooks.of(club))[0].is_on
    await database.execute("UPDATE webhooks SET owner_checked_at = now() - interval '7 hours'")
    await webhooks.check_owners(is_admin)
    assert (await webhooks.one(club, made.webhook.webhook_id)).off_reason == OWNER_GONE
    assert called == ["senders"]
