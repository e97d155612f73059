"""What several tests of webhooks do: make one, let something be pushed, and say how that went."""

from domain.chats import Chat, ChatKind
from domain.delivery.deliveries import ClaimedDelivery
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.webhooks import Webhook, WebhookForm
from storage.chats.chats import saw_chat
from storage.delivery.deliveries import mark_sending
from storage.postgres import Database
from storage.pushes.claims import claim_pushes
from storage.pushes.results import record_pushes
from storage.sealing import Sealer
from storage.webhooks.webhooks import NewWebhook, WebhookChange, WebhookTable
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase

SEALER = Sealer([b"k" * 32])
SECRET = b"s" * 32
URL = "https://example.org/hook?token=hidden"
OFF = WebhookChange(by=ALICE, on=False, reason="by hand")
ACCEPTED = SendResult(status=SendStatus.ACCEPTED)
REFUSED = SendResult(status=SendStatus.REFUSED, reason="HTTP 500")


def table(database: Database) -> WebhookTable:
    return WebhookTable(database=database, sealer=SEALER)


def new_webhook(
    chat_id: int = ALICE, *, form: WebhookForm = WebhookForm.STANDARD, url: str = URL
) -> NewWebhook:
    return NewWebhook(chat_id=chat_id, owner_id=ALICE, form=form, host="example.org", url=url, secret=SECRET)


async def make_webhook(
    database: Database,
    chat_id: int = ALICE,
    *,
    form: WebhookForm = WebhookForm.STANDARD,
    url: str = URL,
    limit: int = 50,
) -> Webhook:
    await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title="chat"))
    made = await table(database).add(new_webhook(chat_id, form=form, url=url), limit=limit)
    assert made is not None
    return made


async def push_alerts_of(database: Database, *numbers: int, chat_id: int = ALICE) -> None:
    """Purchases of a wallet that the chat follows, decided."""
    await follow(database, chat_id, label="Moby")
    await happened(database, *(purchase(number) for number in numbers))
    await fan_out_all(database)


async def claimed(database: Database, *, owner: str = "a", limit: int = 100) -> list[ClaimedDelivery]:
    """Claim, and mark."""
    found = await claim_pushes(database, owner=owner, limit=limit)
    await mark_sending(database, owner=owner, delivery_ids=[one.delivery_id for one in found])
    return found


async def record(database: Database, pushes: list[ClaimedDelivery], result: SendResult) -> None:
    transitions = [apply_result(one, result) for one in pushes]
    await record_pushes(database, owner="a", transitions=transitions)


async def all_answered(database: Database, *, is_slow: bool = False) -> None:
    """Something has arrived at all webhooks that there are."""
    await database.execute("UPDATE webhooks SET last_success_at = now(), is_slow = $1", is_slow)


async def rest_is_over(database: Database) -> None:
    """Let time pass: webhooks have rested, and what waits is due."""
    await database.execute("UPDATE webhooks SET rests_until = NULL")
    await database.execute(
        "UPDATE deliveries SET due_at = now() - interval '1 second'"
        " WHERE channel = 'webhook' AND state = 'retry'"
    )


async def pushed_states(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch(
        "SELECT kind, state FROM deliveries WHERE channel = 'webhook' ORDER BY delivery_id"
    )
    return [(row["kind"], row["state"]) for row in rows]
