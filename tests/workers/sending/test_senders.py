"""The worker of the notifications queue sends messages and pushes, each on their way."""

import base64
import json

import pytest

from sandbox.receiver import Receiver
from storage.sealing import Sealer
from storage.webhooks.webhooks import WebhookTable
from tests.storage.sample_data import WHALE, follow
from tests.storage.webhook_rows import new_webhook
from tests.workers.conftest import WorkerTestbed

pytestmark = [pytest.mark.services, pytest.mark.e2e]
KEY = b"k" * 32


async def test_an_alert_reaches_the_chat_and_its_webhook(testbed: WorkerTestbed) -> None:
    """The whole way, in programs of their own: dispatcher, sender, receiver."""
    async with Receiver() as receiver:
        certificate = testbed.folder / "receiver.pem"
        certificate.write_bytes(receiver.tls.certificate)
        testbed.environment |= {
            "SECRETS_KEY": base64.b64encode(KEY).decode(),
            "WEBHOOK_ALLOW_NETWORKS": "127.0.0.1/32",
            "SSL_CERT_FILE": str(certificate),
        }
        await testbed.started("dispatcher", "notifications")
        (chat,) = await testbed.people(1)
        await follow(testbed.database, chat)
        table = WebhookTable(database=testbed.database, sealer=Sealer([KEY]))
        await table.add(new_webhook(chat, url=receiver.url), limit=1)
        await testbed.trades([WHALE], 1, first=1)
        await testbed.until_sent(2)
    (push,) = receiver.received
    assert json.loads(push.body)["data"]["signature"] == "signature-1"
