"""Tags of wallets."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.rules.rules import MAX_CHAT_TAGS, MAX_TAGS, NO_RULES, Rules, Watch
from runtime import clock
from services.acts import mutes, undo
from services.acts.tags import TagChange, change_tags, changed_tags, counted_tags, read_change, tag_of, tagged
from services.services import Services
from tests.bot.conftest import OTHER_WHALE, WHALE


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("degen #KOL -old", TagChange(added=("degen", "kol"), removed=("old",))),
        ("a,a, -#b", TagChange(added=("a",), removed=("b",))),
        ("none", TagChange(removes_all=True)),
        ("so-long_it_is_none!", TagChange(refused=("so-long_it_is_none!",))),
        ("", TagChange()),
    ],
)
def test_words_add_and_remove_tags(words: str, change: TagChange) -> None:
    assert read_change(words) == change


@given(st.text())
def test_a_tag_needs_no_escaping(word: str) -> None:
    tag = tag_of(word)
    assert tag is None or (tag.isascii() and tag == tag_of(tag) and ":" not in tag)


def test_older_tags_stay_first() -> None:
    assert changed_tags(("a", "b"), read_change("c a -b")) == ("a", "c")
    assert changed_tags(("a", "b"), read_change("none")) == ()


@pytest.fixture
async def watches(services: Services, target: ChatTarget) -> list[Watch]:
    await services.chats.open(target)
    for wallet in (WHALE, OTHER_WHALE):
        await services.watches.follow(target, wallet, wallet[:3], by=1)
    return await services.watches.of(target)


@pytest.mark.services
async def test_a_wallet_is_found_under_its_tags(
    services: Services, target: ChatTarget, watches: list[Watch]
) -> None:
    assert await change_tags(services, watches[0], read_change("kol degen")) == ("kol", "degen")
    assert await change_tags(services, watches[1], read_change("degen")) == ("degen",)
    fresh = await services.watches.of(target)
    assert counted_tags(fresh) == [("degen", 2), ("kol", 1)]
    assert [watch.wallet for watch in tagged(fresh, "kol")] == [WHALE]


@pytest.mark.services
async def test_a_wallet_has_no_more_tags_than_may_be(services: Services, watches: list[Watch]) -> None:
    many = " ".join(f"t{number}" for number in range(MAX_TAGS + 1))
    assert await change_tags(services, watches[0], read_change(many)) is None


@pytest.mark.services
async def test_an_unfollowed_wallet_comes_back_with_its_tags(
    services: Services, target: ChatTarget, watches: list[Watch]
) -> None:
    await change_tags(services, watches[0], read_change("kol"))
    key = await undo.unfollow(services, (await services.watches.of(target))[0])
    assert key
    assert await undo.undo(services, target, key, by=1)
    assert tagged(await services.watches.of(target), "kol")


@pytest.mark.services
async def test_rules_and_mutes_of_a_tag_can_be_taken_back(services: Services, target: ChatTarget) -> None:
    strict = Rules(min_usd=Decimal(9))
    await services.rules.change_tag_rules(target, "kol", lambda _: strict)
    await mutes.mute_tag(services, target, "kol", 60)
    settings = await services.rules.settings(target.chat_id)
    assert settings.tag_rules == {"kol": strict}
    assert settings.muted_tags["kol"] > clock.now()
    for before in (undo.TagRules(name="kol", rules=NO_RULES), undo.TagMute(name="kol")):
        key = await undo.keep(services, target.chat_id, before)
        assert await undo.undo(services, target, key or "", by=1)
    settings = await services.rules.settings(target.chat_id)
    assert (settings.tag_rules, settings.muted_tags) == ({}, {})


@pytest.mark.services
async def test_so_many_tags_may_have_rules_or_be_muted_and_no_more(
    services: Services, target: ChatTarget
) -> None:
    far = clock.now() + timedelta(days=1)
    names = [f"t{number}" for number in range(MAX_CHAT_TAGS)]
    rules = Rules(first_buy_only=True)
    await services.rules.change_settings(
        target,
        lambda old: structs.replace(
            old, tag_rules=dict.fromkeys(names, rules), muted_tags=dict.fromkeys(names, far)
        ),
    )
    with pytest.raises(BadInput):
        await services.rules.change_tag_rules(target, "more", lambda _: rules)
    with pytest.raises(BadInput):
        await mutes.mute_tag(services, target, "more", 60)
