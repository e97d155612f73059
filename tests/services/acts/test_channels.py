"""Commands count for a channel only as long as their writer is its admin."""

from dataclasses import replace

import pytest

from domain.access import Standing
from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput
from services.acts import groups
from services.acts.channels import act_for, channel_of
from services.members import GroupMembers
from services.services import Services
from storage.postgres import Database

pytestmark = pytest.mark.services
CHANNEL = ChatTarget(chat_id=-100_7, kind=ChatKind.CHANNEL, title="Whales")


def where(services: Services, standing: Standing) -> Services:
    """The services as of an hour in which everybody has this standing."""

    async def ask(chat_id: int, user_id: int) -> Standing:
        del chat_id, user_id
        return standing

    cache = services.access.members.cache
    return replace(services, access=replace(services.access, members=Uncached(ask=ask, cache=cache)))


class Uncached(GroupMembers):
    async def standing(self, chat_id: int, user_id: int) -> Standing:
        return await self.ask(chat_id, user_id)


async def test_an_admin_acts_for_a_channel_until_he_is_none(services: Services, target: ChatTarget) -> None:
    admin, member = where(services, Standing.ADMIN), where(services, Standing.MEMBER)
    by = target.chat_id
    assert not await groups.confirm(member, CHANNEL, by=by)
    assert await act_for(admin, target, CHANNEL.chat_id, by=by) is None
    assert await groups.confirm(admin, CHANNEL, by=by)
    assert await act_for(member, target, CHANNEL.chat_id, by=by) is None
    assert await act_for(admin, target, CHANNEL.chat_id, by=by) == CHANNEL
    assert await channel_of(admin, target, by=by) == CHANNEL
    with pytest.raises(BadInput, match="no admin of that channel"):
        await channel_of(member, target, by=by)
    assert await act_for(member, target, 0, by=by) == target
    assert await channel_of(member, target, by=by) is None


async def test_another_admin_does_not_take_a_chat_over_from_its_payer(
    services: Services, database: Database
) -> None:
    admin = where(services, Standing.ADMIN)
    for _ in range(2):
        assert await groups.confirm(admin, CHANNEL, by=7)
    with pytest.raises(BadInput, match="Confirmed already"):
        await groups.confirm(admin, CHANNEL, by=8)
    assert await database.fetchval("SELECT payer_id FROM chats WHERE chat_id = $1", CHANNEL.chat_id) == 7


async def test_in_a_group_commands_count_for_the_group(services: Services) -> None:
    group = ChatTarget(chat_id=-5, kind=ChatKind.GROUP)
    assert await channel_of(services, group, by=1) is None
