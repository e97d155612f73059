"""Files that people sent, out of the Bot API."""

import pytest

from domain.errors import BadInput, Unavailable
from messaging.telegram.client import make_bot
from messaging.telegram.files import download
from sandbox.telegram import FloodLimits, SandboxTelegram, TelegramConfig
from sandbox.telegram.chats.files import Upload
from sandbox.telegram.faults import Fault, FaultKind

TOKEN = "123456789:AAF-made-up-token-of-the-tests"


async def test_a_file_is_read_whole_or_not_at_all() -> None:
    config = TelegramConfig(tokens=(TOKEN,), limits=FloodLimits(enabled=False))
    async with SandboxTelegram(config) as telegram, make_bot(TOKEN, telegram.url) as bot:
        ann = telegram.people.add_user("Ann", started=True)
        upload = Upload(name="a.csv", mime="text/csv", content=b"0123456789")
        message = telegram.people.send_document(ann.id, upload)
        assert message.document is not None
        file_id = message.document.file_id
        assert await download(bot, file_id, max_bytes=10) == b"0123456789"
        with pytest.raises(BadInput, match="too large"):
            await download(bot, file_id, max_bytes=9)
        with pytest.raises(BadInput, match="no longer has"):
            await download(bot, "nonsense", max_bytes=10)
        telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, method="getfile"))
        with pytest.raises(Unavailable):
            await download(bot, file_id, max_bytes=10)
