"""What a caller may do is what their person may do at that moment."""

import pytest

from domain.access import Caller, Scope
from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput, NotAllowed, NotSignedIn
from services.services import Services
from tests.storage.sample_data import ALICE, BOB

pytestmark = pytest.mark.services
ALL = frozenset(Scope)
OWN = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE)


def caller(user_id: int = ALICE, target: ChatTarget = OWN, scopes: frozenset[Scope] = ALL) -> Caller:
    return Caller(user_id=user_id, target=target, scopes=scopes)


async def test_ones_own_chat_is_ones_own_and_another_persons_is_not(services: Services) -> None:
    await services.access.allow(caller(), Scope.WRITE)
    with pytest.raises(NotAllowed, match="not in this chat"):
        await services.access.allow(caller(BOB), Scope.READ)


async def test_in_a_banned_chat_nobody_may_do_anything(services: Services) -> None:
    group = ChatTarget(chat_id=-1_005, kind=ChatKind.SUPERGROUP)
    await services.people.ban(group.chat_id, "spam", by=BOB)
    with pytest.raises(NotAllowed, match="chat is banned"):
        await services.access.allow(caller(target=group), Scope.READ)


async def test_a_scope_that_was_not_given_is_missing(services: Services) -> None:
    with pytest.raises(NotAllowed, match="no scope write"):
        await services.access.allow(caller(scopes=frozenset({Scope.READ})), Scope.WRITE)


async def test_only_operators_do_what_operators_do(services: Services) -> None:
    with pytest.raises(NotAllowed, match="Only operators"):
        await services.access.allow(caller(), Scope.ADMIN)
    operator = next(iter(services.operators))
    own = ChatTarget(chat_id=operator, kind=ChatKind.PRIVATE)
    await services.access.allow(caller(operator, own), Scope.ADMIN)


async def test_a_key_needs_a_fitting_name_and_life(services: Services) -> None:
    await services.chats.open(OWN)
    for name, days in (("x" * 41, None), ("x", 0), ("x", 99_999)):
        with pytest.raises(BadInput):
            await services.access.make_key(caller(), name=name, scopes=frozenset({Scope.READ}), days=days)


async def test_what_is_no_secret_is_nobody(services: Services) -> None:
    for text in ("", "x" * 43 + "'", "ww_", "ww_" + "x" * 42):
        with pytest.raises(NotSignedIn):
            await services.access.caller_of_key(text)
        with pytest.raises(NotSignedIn):
            await services.access.person(text)


async def test_the_page_is_for_ones_own_chat_or_for_a_chat_the_bot_knows(services: Services) -> None:
    session = await services.access.sign_in(await services.access.offer_sign_in(ALICE))
    assert (await services.access.caller_of_session(session)).target == OWN
    with pytest.raises(NotAllowed):
        await services.access.caller_of_session(session, -1_005)
