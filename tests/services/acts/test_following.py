"""What may be followed, and what became of it."""

from dataclasses import replace

import pytest

from chain.rpc.accounts import AccountKind
from domain.chats import ChatTarget
from domain.rules.rules import Watch
from domain.rules.tiers import NearLimit
from runtime import clock
from services.accounts import Account
from services.acts.following import Followed, Refusal, Refused, follow, follow_many, look_alike
from services.services import Services
from services.wallet_lists import NamedWallet
from tests.bot.conftest import OTHER_WHALE, WHALE
from tests.bot.handlers.accounts import Known
from tests.services.wallets import addresses

in_database = pytest.mark.services


def knowing(services: Services, kind: AccountKind | None, owner: str | None = None) -> Services:
    return replace(services, accounts=Known(Account(kind=kind, owner=owner)))


def limited(services: Services, limit: int) -> Services:
    people = services.people
    return replace(services, people=replace(people, tiers=replace(people.tiers, watches={"free": limit})))


@in_database
async def test_a_wallet_is_followed_once_under_its_last_name(services: Services, target: ChatTarget) -> None:
    known = knowing(services, AccountKind.WALLET)
    first = await follow(known, target, NamedWallet(address=WHALE, name="Moby"), by=1)
    again = await follow(known, target, NamedWallet(address=WHALE, name="Ahab"), by=1)
    assert isinstance(first, Followed)
    assert isinstance(again, Followed)
    assert (first.is_new, first.old_label, first.is_checked) == (True, None, True)
    assert (again.is_new, again.old_label, again.watch.label) == (False, "Moby", "Ahab")


@in_database
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (AccountKind.PROGRAM, Refusal.PROGRAM),
        (AccountKind.MINT, Refusal.MINT),
        (AccountKind.TOKEN_ACCOUNT, Refusal.TOKEN_ACCOUNT),
    ],
)
async def test_what_is_no_wallet_is_refused(
    services: Services, target: ChatTarget, kind: AccountKind, reason: Refusal
) -> None:
    known = knowing(services, kind, owner=OTHER_WHALE)
    assert await follow(known, target, NamedWallet(address=WHALE), by=1) == Refused(
        address=WHALE, reason=reason, owner=OTHER_WHALE
    )
    many = await follow_many(known, target, [NamedWallet(address=WHALE)], by=1)
    assert [one.reason for one in many.refused] == [reason]
    assert not await services.watches.of(target)


@in_database
async def test_a_list_is_followed_up_to_the_limit_in_its_order(
    services: Services, target: ChatTarget
) -> None:
    known = limited(knowing(services, None), 3)
    wallets = [NamedWallet(address=one, name=f"W{index}") for index, one in enumerate(addresses(5))]
    await follow(known, target, wallets[3], by=1)
    done = await follow_many(known, target, wallets, by=1)
    assert [watch.label for watch in done.new] == ["W0", "W1"]
    assert (done.known, done.are_checked) == (1, False)
    assert [(one.address, one.reason, one.limit) for one in done.refused] == [
        (wallets[2].address, Refusal.LIMIT, 3),
        (wallets[4].address, Refusal.LIMIT, 3),
    ]
    assert await follow(known, target, wallets[4], by=1) == Refused(
        address=wallets[4].address, reason=Refusal.LIMIT, limit=3
    )


def test_a_wallet_does_not_look_like_itself() -> None:
    moby = Watch(
        watch_id=1, chat_id=1, topic_id=0, chain="solana", wallet=WHALE, label="M", created_at=clock.now()
    )
    assert look_alike([moby], WHALE) is None
    assert look_alike([moby], WHALE[:8] + "x" + WHALE[9:]) == moby


@in_database
async def test_from_four_fifths_of_the_limit_on_it_is_said(services: Services, target: ChatTarget) -> None:
    known = limited(knowing(services, None), 5)
    wallets = [NamedWallet(address=one) for one in addresses(4)]
    assert (await follow_many(known, target, wallets[:3], by=1)).near is None
    done = await follow(known, target, wallets[3], by=1)
    assert isinstance(done, Followed)
    assert done.near == NearLimit(used=4, limit=5)
    again = await follow(known, target, wallets[3], by=1)
    assert isinstance(again, Followed)
    assert again.near is None


@in_database
async def test_a_banned_wallet_is_refused_alone_and_in_a_list(services: Services, target: ChatTarget) -> None:
    known = knowing(services, None)
    await services.people.ban_wallet(services.chain, WHALE, "spam", by=1)
    assert await follow(known, target, NamedWallet(address=WHALE), by=1) == Refused(
        address=WHALE, reason=Refusal.BANNED
    )
    wallets = [NamedWallet(address=WHALE), NamedWallet(address=OTHER_WHALE)]
    many = await follow_many(known, target, wallets, by=1)
    assert [one.reason for one in many.refused] == [Refusal.BANNED]
    assert [watch.wallet for watch in many.new] == [OTHER_WHALE]
