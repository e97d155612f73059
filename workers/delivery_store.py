"""The sender's outbox: deliveries in PostgreSQL, claimed in the name of this process, and what they need.

What they need to become messages is looked up for many at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from domain.activity.activity import TRADES
from domain.alerts.kinds import rules_of
from domain.delivery.deliveries import (
    KIND_RULES,
    AlertContent,
    ClaimedDelivery,
    Correction,
    DeliveryKind,
    Destination,
)
from domain.delivery.facts import DigestEntry, LivingEvents, MessageFacts, Symbols
from domain.delivery.living import living_id_of
from domain.delivery.results import DeliveryTransition
from domain.errors import Unavailable
from domain.rules.lanes import Lane, market_token
from domain.tokens.well_known import pinned
from domain.webhooks import Endpoint
from storage.caches import Caches
from storage.chats import chats
from storage.chats.cached_chats import forget_chats
from storage.chats.group_migrations import migrate_chat
from storage.chats.message_facts import labels_of, other_holders
from storage.delivery import deliveries
from storage.delivery.claims import (
    MAX_EACH,
    MAX_EACH_ALONE,
    claim,
    deliveries_by_id,
    deliveries_of_messages,
    events_of_living,
)
from storage.delivery.digests import contents
from storage.delivery.system_messages import named_alerts
from storage.market.tokens import CachedTokens
from storage.postgres import Database

log = logging.getLogger(__name__)
NO_ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType({})

MAX_CLAIMED = 500
"""Deliveries claimed together, where many become one message."""


class StoredDestinations:
    """The chats in PostgreSQL, as what follows a send changes them.

    Args:
        database: where they are stored.
        caches: drop what they hold of a chat that moves; None: nothing caches chats.
    """

    def __init__(self, database: Database, *, caches: Caches | None = None) -> None:
        self._database = database
        self._caches = caches

    async def close(self, destination: Destination, reason: str) -> None:
        """Close the chat: nothing can be sent there any more."""
        await chats.close_chat(self._database, destination.chat_id, reason)

    async def hold(self, destination: Destination, reason: str) -> None:
        """Hold the chat: nothing may be sent there at present."""
        await chats.hold_chat(self._database, destination.chat_id, reason)

    async def migrate(self, destination: Destination, new_chat_id: int) -> None:
        """Move the chat to its new id."""
        try:
            await migrate_chat(self._database, old_id=destination.chat_id, new_id=new_chat_id)
        finally:
            if self._caches is not None:
                await forget_chats(self._caches, destination.chat_id, new_chat_id)


class StoredOutbox(StoredDestinations):
    """The sender's `Outbox` on PostgreSQL.

    Args:
        database: where deliveries are stored.
        owner: of the claims, unique among senders.
        group_messages: whether one message may hold several deliveries.
        caches: drop what they hold of a chat that moves; None: nothing caches chats.
    """

    def __init__(
        self, database: Database, *, owner: str, group_messages: bool = True, caches: Caches | None = None
    ) -> None:
        super().__init__(database, caches=caches)
        self._group_messages = group_messages
        self._owner = owner

    async def claim(self, room: int, up_to: Lane, *, spare_room: int) -> list[ClaimedDelivery]:
        """Claim deliveries by lane and fair-queue time, of no more chats than there is room for.

        Args:
            room: chats that the sender may take on.
            up_to: the lowest lane to be claimed.
            spare_room: the same in the lanes below NORMAL.
        """
        limit, each = (max(room, MAX_CLAIMED), MAX_EACH) if self._group_messages else (room, MAX_EACH_ALONE)
        return await claim(
            self._database,
            owner=self._owner,
            limit=limit,
            chats=room,
            spare_chats=spare_room,
            each=each,
            up_to=up_to,
        )

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Mark these as sending, committed; return those that may be sent."""
        return await deliveries.mark_sending(self._database, owner=self._owner, delivery_ids=delivery_ids)

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        """Store the results of marked deliveries."""
        await deliveries.record_results(self._database, owner=self._owner, transitions=transitions)

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Release what was not marked; it is due again after some seconds."""
        await deliveries.release(self._database, owner=self._owner, delivery_ids=delivery_ids, wait=wait)


class StoredFacts:
    """Facts of deliveries, from PostgreSQL.

    Args:
        database: where they are stored.
        tokens: what the mints of the chain are called whose alerts these are.
    """

    def __init__(self, database: Database, *, tokens: CachedTokens) -> None:
        self._database = database
        self._tokens = tokens

    async def read(
        self, claimed: Sequence[ClaimedDelivery], *, endpoints: Mapping[str, Endpoint] = NO_ENDPOINTS
    ) -> MessageFacts:
        """Look up the facts of these deliveries; what cannot be looked up now is missing.

        Args:
            claimed: deliveries.
            endpoints: where they go, if they are pushes.
        """
        corrected = await self._corrected(claimed)
        displayed = [*claimed, *(one for several in corrected.values() for one in several)]
        living = await self._living(displayed)
        displayed += [one for events in living.values() for one in events.deliveries]
        digests = await self._digests(
            [one.delivery_id for one in displayed if one.kind is DeliveryKind.DIGEST]
        )
        unconfirmed = await self._unconfirmed(
            [one.delivery_id for one in claimed if one.kind is DeliveryKind.UNCONFIRMED_ALERTS]
        )
        listed = [*digests.values(), *unconfirmed.values()]
        names, others = await self._names(displayed), await self._others(displayed)
        mints = {*_mints_of_alerts(displayed), *_mints_of_digests(listed)}
        return MessageFacts(
            symbols=await self._symbols(mints),
            digests=digests,
            unconfirmed=unconfirmed,
            corrected=corrected,
            living=living,
            names=names,
            others=others,
            endpoints=endpoints,
        )

    async def _corrected(self, claimed: Sequence[ClaimedDelivery]) -> dict[int, Sequence[ClaimedDelivery]]:
        corrections = [one for one in claimed if isinstance(one.content, Correction)]
        if not corrections:
            return {}
        edits = {one.delivery_id: key for one in corrections if (key := _message_key(one)) is not None}
        replies = {one.delivery_id: _corrected_id(one) for one in corrections if one.delivery_id not in edits}
        try:
            messages = await deliveries_of_messages(self._database, set(edits.values()))
            alerts = await deliveries_by_id(self._database, set(replies.values()))
        except Unavailable:
            return {}
        except Exception:
            log.exception("The originals of corrections cannot be looked up")
            return {}
        found: dict[int, Sequence[ClaimedDelivery]] = {of: messages[key] for of, key in edits.items()}
        for of, delivery_id in replies.items():
            found[of] = [alerts[delivery_id]] if delivery_id in alerts else []
        return found

    async def _living(self, displayed: Sequence[ClaimedDelivery]) -> Mapping[int, LivingEvents]:
        living_ids = {one for delivery in displayed if (one := living_id_of(delivery)) is not None}
        try:
            return await events_of_living(self._database, living_ids) if living_ids else {}
        except Unavailable:
            return {}
        except Exception:
            log.exception("The events of positions cannot be looked up")
            return {}

    async def _others(self, displayed: Sequence[ClaimedDelivery]) -> Mapping[tuple[int, int, str, str], int]:
        """Of urgent trades: how many other wallets that the chat follows hold the token."""
        asked = {key for one in displayed if (key := _asked_holders(one)) is not None}
        try:
            return await other_holders(self._database, chain=self._tokens.chain, asked=asked) if asked else {}
        except Unavailable:
            return {}

    async def _names(
        self, displayed: Sequence[ClaimedDelivery]
    ) -> Mapping[tuple[int, int], Mapping[str, str]]:
        """What chats call wallets beside the subjects of their alerts; without, alerts show addresses."""
        asked = {
            (one.chat_id, one.topic_id, wallet)
            for one in displayed
            if isinstance(one.content, AlertContent)
            for wallet in rules_of(one.content.event).wallets(one.content.event)
        }
        try:
            return await labels_of(self._database, chain=self._tokens.chain, asked=asked) if asked else {}
        except Unavailable:
            return {}

    async def _digests(self, digest_ids: Sequence[int]) -> Mapping[int, Sequence[DigestEntry]]:
        try:
            return await contents(self._database, digest_ids) if digest_ids else {}
        except Unavailable:
            return {}

    async def _unconfirmed(self, line_ids: Sequence[int]) -> Mapping[int, Sequence[DigestEntry]]:
        try:
            return await named_alerts(self._database, line_ids) if line_ids else {}
        except Unavailable:
            return {}

    async def _symbols(self, mints: Iterable[str]) -> Symbols:
        """The symbols of tokens that are not well known; without them alerts show shortened mints."""
        unpinned = {mint for mint in mints if pinned(self._tokens.chain, mint) is None}
        if not unpinned:
            return {}
        try:
            found = await self._tokens.find(unpinned)
        except Unavailable:
            return {}
        return {mint: token.symbol for mint, token in found.items()}


def _message_key(correction: ClaimedDelivery) -> tuple[int, int] | None:
    """Chat and id of the message that is edited; None: it is a line of its own."""
    content = correction.content
    if not KIND_RULES[correction.kind].is_edit or not isinstance(content, Correction):
        return None
    return None if content.message_id is None else (correction.chat_id, content.message_id)


def _corrected_id(correction: ClaimedDelivery) -> int:
    assert isinstance(correction.content, Correction)  # noqa: S101 - follows from the kind
    return correction.content.delivery_id


def _asked_holders(delivery: ClaimedDelivery) -> tuple[int, int, str, str] | None:
    """Only urgent deliveries need it: the fan-out has checked whether others hold the token."""
    alert = delivery.content
    if delivery.lane is not Lane.URGENT or not isinstance(alert, AlertContent):
        return None
    activity = rules_of(alert.event).activity(alert.event)
    if activity is None or activity.kind not in TRADES:
        return None
    mint = market_token(activity)
    return None if mint is None else (delivery.chat_id, delivery.topic_id, mint, activity.wallet)


def _mints_of_alerts(deliveries: Iterable[ClaimedDelivery]) -> Iterable[str]:
    alerts = [one.content for one in deliveries if isinstance(one.content, AlertContent)]
    outcomes = (alert.market.outcome for alert in alerts)
    rotated = [one.rotated_from for one in outcomes if one is not None and one.rotated_from is not None]
    return [*rotated, *(mint for alert in alerts for mint in rules_of(alert.event).mints(alert.event))]


def _mints_of_digests(digests: Iterable[Sequence[DigestEntry]]) -> Iterable[str]:
    events = (entry.event for entries in digests for entry in entries if entry.event is not None)
    return (mint for event in events for mint in rules_of(event).mints(event))
