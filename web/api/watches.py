"""Endpoints of watches and rules: what a chat follows, and which alerts it wants."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec

from domain.access import Scope
from domain.activity.addresses import is_address
from domain.errors import BadInput, NotFound
from domain.rules.rules import FOREVER_SECONDS, MAX_LABEL, Rules, Watch
from services.acts.following import Followed, Refused, follow
from services.rule_checks import checked_rules
from services.wallet_lists import NamedWallet, checked_label
from web.api.endpoint import Call, Endpoint, Page, PageParameters, cursor_number

Id = Annotated[int, msgspec.Meta(ge=1, le=2**62)]
Address = Annotated[
    str, msgspec.Meta(pattern="^[1-9A-HJ-NP-Za-km-z]{32,44}$", description="An address, base58.")
]
Label = Annotated[str, msgspec.Meta(max_length=4 * MAX_LABEL)]
_REFUSALS = {
    "program": "This is a program, not a wallet.",
    "mint": "This is a token, not a wallet.",
    "token_account": "This is a token account; follow its owner.",
}


class WatchView(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet that the chat follows.

    `{"watch_id": "5", "chain": "solana", "wallet": "86xC…", "label": "Moby", "rules": {"min_usd": "1000"},
    "muted_until": null, "created_at": "2026-11-29T17:00:00Z"}`.
    """

    watch_id: str
    chain: str
    wallet: str
    label: str
    rules: Rules
    """Set for this wallet; what is missing is as for all wallets."""
    muted_until: datetime | None
    created_at: datetime


class WatchId(msgspec.Struct, frozen=True, kw_only=True):
    """Which watch."""

    watch_id: Id


class NewWatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wallet to follow.

    `{"wallet": "86xC…", "label": "Moby"}`.
    """

    wallet: Address
    label: Label = ""


class NewRules(Rules, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Rules in the words of a program; a misspelt one is refused, not left out.

    `{"min_usd": "1000", "kinds_off": ["sell"]}`.
    """


class WatchChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is missing stays.

    `{"label": "Moby", "rules": {"min_usd": "1000"}, "muted_seconds": 3600}`.
    """

    label: Label | msgspec.UnsetType = msgspec.UNSET
    rules: NewRules | msgspec.UnsetType = msgspec.UNSET
    muted_seconds: Annotated[int, msgspec.Meta(ge=0, le=int(FOREVER_SECONDS))] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    """From now on; 0: it is not muted."""


def view_of(watch: Watch) -> WatchView:
    """A watch as programs read it."""
    return WatchView(
        watch_id=str(watch.watch_id),
        chain=watch.chain,
        wallet=watch.wallet,
        label=watch.label,
        rules=watch.rules,
        muted_until=watch.muted_until,
        created_at=watch.created_at,
    )


async def _watch(call: Call) -> Watch:
    watch = await call.services.watches.by_id(call.parameters.watch_id, chat_id=call.caller.target.chat_id)
    if watch is None:
        raise NotFound("This chat has no such watch.")
    return watch


async def _list(call: Call) -> Page[WatchView]:
    after = cursor_number(call.parameters.cursor, first=0)
    watches = [one for one in await call.services.watches.of(call.caller.target) if one.watch_id > after]
    listed, more = watches[: call.parameters.limit], watches[call.parameters.limit :]
    return Page(data=[view_of(one) for one in listed], next_cursor=str(listed[-1].watch_id) if more else None)


async def _one(call: Call) -> WatchView:
    return view_of(await _watch(call))


async def _follow(call: Call) -> WatchView:
    if not is_address(call.body.wallet):
        raise BadInput("wallet: not an address.")
    wallet = NamedWallet(address=call.body.wallet, name=_label(call.body.label))
    done = await follow(call.services, call.caller.target, wallet, by=call.caller.user_id)
    if isinstance(done, Refused):
        limit = f"This chat may follow {done.limit} wallets."
        raise BadInput(_REFUSALS.get(done.reason.value, limit))
    assert isinstance(done, Followed)  # noqa: S101 - nothing else is left
    return view_of(done.watch)


async def _change(call: Call) -> WatchView:
    watch, change = await _watch(call), call.body
    rules = None if change.rules is msgspec.UNSET else checked_rules(change.rules)
    label = None if change.label is msgspec.UNSET else _label(change.label)
    if label is not None:
        await call.services.watches.rename(watch, label)
    if rules is not None:
        await call.services.rules.change_rules(watch, lambda _: rules)
    if change.muted_seconds is not msgspec.UNSET:
        await call.services.watches.mute(watch, change.muted_seconds)
    return await _one(replace(call))


async def _unfollow(call: Call) -> None:
    if not await call.services.watches.unfollow(await _watch(call)):
        raise NotFound("This chat has no such watch.")


async def _rules(call: Call) -> Rules:
    return (await call.services.rules.settings(call.caller.target.chat_id)).rules


async def _set_rules(call: Call) -> Rules:
    rules: Rules = checked_rules(call.body)
    await call.services.rules.change_chat_rules(call.caller.target, lambda _: rules)
    return rules


def _label(text: str) -> str:
    label, fault = checked_label(text)
    if fault is not None:
        raise BadInput(f"label: up to {MAX_LABEL} characters that can be listed.")
    return label


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/watches",
        summary="The wallets that the chat follows",
        scope=Scope.READ,
        parameters=PageParameters,
        answer=Page[WatchView],
        run=_list,
    ),
    Endpoint(
        method="POST",
        path="/watches",
        summary="Follow a wallet; one that is followed already keeps its name if none is given",
        scope=Scope.WRITE,
        body=NewWatch,
        answer=WatchView,
        status=HTTPStatus.CREATED,
        run=_follow,
    ),
    Endpoint(
        method="GET",
        path="/watches/{watch_id}",
        summary="One watch",
        scope=Scope.READ,
        parameters=WatchId,
        answer=WatchView,
        run=_one,
    ),
    Endpoint(
        method="PATCH",
        path="/watches/{watch_id}",
        summary="Rename or mute a wallet, or set its rules",
        scope=Scope.WRITE,
        parameters=WatchId,
        body=WatchChange,
        answer=WatchView,
        run=_change,
    ),
    Endpoint(
        method="DELETE",
        path="/watches/{watch_id}",
        summary="Stop following a wallet",
        scope=Scope.WRITE,
        parameters=WatchId,
        answer=None,
        run=_unfollow,
    ),
    Endpoint(
        method="GET",
        path="/rules",
        summary="Which alerts the chat wants, of all its wallets",
        scope=Scope.READ,
        answer=Rules,
        run=_rules,
    ),
    Endpoint(
        method="PUT",
        path="/rules",
        summary="Set which alerts the chat wants, of all its wallets; what is missing is not set",
        scope=Scope.WRITE,
        body=NewRules,
        answer=Rules,
        run=_set_rules,
    ),
)
