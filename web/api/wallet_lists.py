"""Endpoints of whole lists: wallets that are followed at once, and rules that are tried on the last week."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import msgspec

from domain.access import Scope
from domain.errors import NotFound
from domain.rules.rules import Rules, Watch, distinguish
from messaging.telegram.texts.refusals import reason_refused
from services.acts.following import follow_many
from services.acts.imports import usable
from services.rule_checks import checked_rules
from services.wallet_lists import read_text
from web.api.endpoint import MAX_BODY_BYTES, Call, Endpoint
from web.api.watches import NewRules, WatchView, view_of


class WalletListText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list as people and other trackers write it: lines, CSV or JSON.

    `{"text": "86xC…,Moby", "name": "whales.csv"}`.
    """

    text: Annotated[str, msgspec.Meta(max_length=MAX_BODY_BYTES)]
    name: Annotated[str, msgspec.Meta(max_length=64, description="Of the file, if it was one.")] = ""


class RefusedWallet(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is not followed.

    `{"wallet": "86xC…", "reason": "This is a token, not a wallet."}`.
    """

    wallet: str
    reason: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list.

    `{"followed": 1, "known": 0, "watches": [], "refused": [{"wallet": "EKpQ…", "reason": "This is a token,
    not a wallet."}], "are_checked": true}`.
    """

    followed: int
    known: int
    """Were followed already."""
    watches: list[WatchView]
    """The new ones."""
    refused: list[RefusedWallet]
    are_checked: bool
    """Whether the chain said in time what the addresses are."""


class RehearsalQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose rules are tried."""

    watch_id: Annotated[int, msgspec.Meta(ge=0, le=2**62, description="0: of all wallets.")] = 0


class RehearsalView(msgspec.Struct, frozen=True, kw_only=True):
    """What the last week would have brought by some rules; mutes, quiet hours and digests do not count.

    `{"alerts": 41, "is_cut": false, "busiest": "Moby", "of_busiest": 38, "min_usd": "2000", "with_min_usd":
    9}`.
    """

    alerts: int
    is_cut: bool
    """There were more events than are counted: at least so many."""
    busiest: str | None
    """The wallet, as the chat calls it, of which most of them are."""
    of_busiest: int
    min_usd: Decimal | None
    """Dollars at least, with which clearly fewer would have come; null: no minimum does that."""
    with_min_usd: int


async def _import(call: Call) -> ImportReport:
    found = usable(read_text(call.body.text, name=call.body.name))
    done = await follow_many(call.services, call.caller.target, found.wallets, by=call.caller.user_id)
    return ImportReport(
        followed=len(done.new),
        known=done.known,
        watches=[view_of(watch) for watch in done.new],
        refused=[
            RefusedWallet(wallet=one.address, reason=reason_refused(one.reason, one.limit))
            for one in done.refused
        ],
        are_checked=done.are_checked,
    )


async def _rehearse(call: Call) -> RehearsalView:
    rules = checked_rules(call.body)
    watches = await call.services.watches.of(call.caller.target)
    tried = _with_rules(watches, rules, call.parameters.watch_id or None)
    found = await call.services.alert_history.rehearsal(tried)
    return RehearsalView(
        alerts=found.number,
        is_cut=found.is_cut,
        busiest=_name(watches, found.busiest),
        of_busiest=found.of_busiest,
        min_usd=found.minimum,
        with_min_usd=found.with_minimum,
    )


def _with_rules(watches: Sequence[Watch], rules: Rules, watch_id: int | None) -> list[Watch]:
    """The watches whose alerts are counted, as they would be by these rules: of all, or one's own.

    Raises:
        NotFound: the chat has no such watch.
    """
    if watch_id is None:
        return [
            replace(watch, settings=msgspec.structs.replace(watch.settings, rules=rules)) for watch in watches
        ]
    own = [replace(watch, rules=rules) for watch in watches if watch.watch_id == watch_id]
    if not own:
        raise NotFound("This chat has no such watch.")
    return own


def _name(watches: Sequence[Watch], watch_id: int | None) -> str | None:
    watch = next((one for one in watches if one.watch_id == watch_id), None)
    return None if watch is None else distinguish(watches, watch).label or watch.wallet


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/watches/import",
        summary="Follow each wallet of a list, up to 500",
        scope=Scope.WRITE,
        body=WalletListText,
        answer=ImportReport,
        run=_import,
    ),
    Endpoint(
        method="POST",
        path="/rules/rehearsal",
        summary="What the last week would have brought by these rules, of all wallets or of one",
        scope=Scope.READ,
        parameters=RehearsalQuery,
        body=NewRules,
        answer=RehearsalView,
        run=_rehearse,
    ),
)
