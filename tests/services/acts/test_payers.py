"""Who pays for a group, and who gives it up: the limits of both count anew."""

import pytest

from domain.chats import ChatKind, ChatTarget
from services.acts.payers import give_up, pays
from services.services import Services

pytestmark = pytest.mark.services
GROUP = ChatTarget(chat_id=-9, kind=ChatKind.SUPERGROUP, title="Club")


async def test_who_gives_a_group_up_pays_no_more(services: Services) -> None:
    assert await services.chats.confirm(GROUP, payer_id=7)
    assert await pays(services, GROUP.chat_id, 7)
    assert not await pays(services, GROUP.chat_id, 0)
    assert [one.title for one in await give_up(services, 7)] == ["Club"]
    assert not await pays(services, GROUP.chat_id, 7)
    assert await give_up(services, 7) == []
