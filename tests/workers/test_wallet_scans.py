"""The card of a wallet, in place of one of a token."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.pool import open_rpc
from domain.errors import NodeUnavailable
from domain.jobs import Question, QuestionKind
from runtime.settings.secret import Secret
from storage.chats.watches import add_watch
from tests.chain.nodes import error, node
from tests.storage.sample_data import watch_for
from tests.workers.questions.asking import Asking, asking
from workers.wallet_scans import wallet_answer

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


def question(alice: Asking, wallet: str) -> Question:
    return Question(
        question_id=1,
        kind=QuestionKind.SECURITY_SCAN,
        chat_id=alice.chat_id,
        topic_id=0,
        message_id=1,
        subject=wallet,
        attempts=1,
    )


async def test_a_followed_wallet_is_called_by_its_label(alice: Asking) -> None:
    wallet = alice.sandbox.simulation.whales[0].address
    watch = replace(watch_for(alice.chat_id, wallet=wallet, label="Ahab"), chain="sandbox")
    await add_watch(alice.context.database, watch, created_by=None)
    card = await wallet_answer(alice.context, question(alice, wallet))
    assert card.startswith("🛡 <b>Ahab</b> · a wallet, not a token")


async def test_without_a_node_there_is_no_card_of_nothing(alice: Asking) -> None:
    wallet = alice.sandbox.simulation.whales[0].address
    async with node(lambda _: error(-32601)) as url, open_rpc([Secret(url)]) as nowhere:
        context = replace(alice.context, rpc=nowhere)
        with pytest.raises(NodeUnavailable):
            await wallet_answer(context, question(alice, wallet))
