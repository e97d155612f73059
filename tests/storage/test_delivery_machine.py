"""Scenario H95: whatever senders and Telegram do in whatever order, a delivery keeps its promise.

No copy after the first without its mark, at most one second copy, none forgotten, none given up as ambiguous
without a line that names it, attempts bounded. On PostgreSQL itself.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.delivery.deliveries import KIND_RULES, MAX_ATTEMPTS, ClaimedDelivery, DeliveryKind
from domain.delivery.results import SendResult, SendStatus, apply_result_to_group
from domain.rules.lanes import Lane
from storage.delivery import broadcasts
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending, record_results, recover, release
from storage.delivery.system_messages import name_unconfirmed
from storage.postgres import Database, open_database
from tests.storage.outbox import announce_all, end_outage
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
T = TypeVar("T")
OWNERS = ("a", "b")
ROWS = 4
FINAL = {"sent", "dead", "ambiguous"}
OPEN = "SELECT count(*) FROM deliveries WHERE state <> ALL($1)"
OWNER = st.sampled_from(OWNERS)


class Deliveries(RuleBasedStateMachine):
    """Two senders over deliveries of every kind for two chats, one's alerts in the bulk lane; and a Telegram.

    Telegram counts what arrives.
    """

    loop: asyncio.AbstractEventLoop
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.claimed: dict[str, list[ClaimedDelivery]] = {owner: [] for owner in OWNERS}
        self.sending: dict[str, list[ClaimedDelivery]] = {owner: [] for owner in OWNERS}
        self.copies: Counter[int] = Counter()
        self.ambiguous: Counter[int] = Counter()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.do(self.fill())

    async def fill(self) -> None:
        await self.database.execute(
            "TRUNCATE chats, wallets, alerts, outages, broadcasts, activity_keys, activities CASCADE"
        )
        for chat_id in (ALICE, ALICE + 1):
            await follow(self.database, chat_id)
        await happened(self.database, *(purchase(number) for number in range(ROWS)))
        await fan_out_all(self.database)
        await self.database.execute(
            "UPDATE deliveries SET lane = $1 WHERE chat_id = $2", Lane.BULK.value, ALICE + 1
        )
        await self.fill_other_kinds()

    async def fill_other_kinds(self) -> None:
        """A correction for each chat, an outage and a broadcast for all."""
        await end_outage(self.database)
        await announce_all(self.database)
        await broadcasts.start(self.database, await broadcasts.draft(self.database, "news", by=1))
        await self.database.execute(
            "INSERT INTO deliveries (kind, chat_id, corrects_id, target_message_id, lane)"
            " SELECT 'correction', chat_id, min(delivery_id), 7, $1 FROM deliveries GROUP BY chat_id",
            Lane.NORMAL.value,
        )

    @rule(owner=OWNER, limit=st.integers(1, 6), marked=st.integers(0, 3))
    def claims(self, owner: str, limit: int, marked: int) -> None:
        if not self.claimed[owner] and not self.sending[owner]:
            self.claimed[owner] = self.do(claim(self.database, owner=owner, limit=limit))
            self.marks(owner, marked)

    @precondition(lambda self: any(self.claimed.values()))
    @rule(owner=OWNER)
    def gives_back(self, owner: str) -> None:
        ids = [one.delivery_id for one in self.claimed[owner]]
        self.do(release(self.database, owner=owner, delivery_ids=ids))
        self.claimed[owner] = []

    @precondition(lambda self: any(self.claimed.values()))
    @rule(owner=OWNER, together=st.integers(1, 3))
    def marks(self, owner: str, together: int) -> None:
        if self.sending[owner]:
            return
        group, self.claimed[owner] = self.claimed[owner][:together], self.claimed[owner][together:]
        ids = [one.delivery_id for one in group]
        marked = self.do(mark_sending(self.database, owner=owner, delivery_ids=ids))
        self.sending[owner] = [one for one in group if one.delivery_id in marked]

    @precondition(lambda self: any(self.sending.values()))
    @rule(
        owner=OWNER, status=st.sampled_from(list(SendStatus)), wait_asked=st.booleans(), arrived=st.booleans()
    )
    def calls(self, owner: str, status: SendStatus, *, wait_asked: bool, arrived: bool) -> None:
        """Telegram answers, or its answer is lost, whether the message arrived or not."""
        group, self.sending[owner] = self.sending[owner], []
        if not group:
            return
        if status is SendStatus.ACCEPTED or (status is SendStatus.AMBIGUOUS and arrived):
            self.arrives(group)
        if status is SendStatus.AMBIGUOUS:
            self.ambiguous.update(one.delivery_id for one in group)
        wait = 0.001 if status is SendStatus.REFUSED and wait_asked else None
        result = SendResult(
            status=status,
            retry_after=wait,
            unreachable=status is SendStatus.REFUSED and not wait_asked and arrived,
        )
        transitions = apply_result_to_group(group, result)
        assert self.do(record_results(self.database, owner=owner, transitions=transitions)) == len(group)

    @precondition(lambda self: any(self.sending.values()) or any(self.claimed.values()))
    @rule(owner=OWNER, called=st.booleans())
    def dies(self, owner: str, *, called: bool) -> None:
        """Killed with whatever it holds, before or after the call; its leases end and others take over."""
        if called:
            self.arrives(self.sending[owner])
        self.ambiguous.update(one.delivery_id for one in self.sending[owner])
        self.claimed[owner], self.sending[owner] = [], []
        self.do(self.end_leases(owner))

    async def end_leases(self, owner: str) -> None:
        await self.database.execute(
            "UPDATE deliveries SET lease_until = now() - interval '1 ms' WHERE lease_owner = $1", owner
        )
        await recover(self.database)

    @rule()
    def an_hour_passes(self) -> None:
        """What is still open is named; twice at the same time by two dispatchers."""
        self.do(self.database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'unconfirmed'"))
        self.do(self.name_at_once())

    async def name_at_once(self) -> None:
        await asyncio.gather(name_unconfirmed(self.database), name_unconfirmed(self.database))

    @rule()
    def time_passes(self) -> None:
        self.do(self.database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'retry'"))

    def arrives(self, group: list[ClaimedDelivery]) -> None:
        """A copy stands in the chat; a second one only when it is marked."""
        for one in group:
            self.copies[one.delivery_id] += 1
            is_edit = KIND_RULES[one.kind].is_edit  # the same edit again is no second copy
            assert self.copies[one.delivery_id] == 1 or one.ambiguous_sends > 0 or is_edit

    @invariant()
    def attempts_and_copies_are_bounded(self) -> None:
        for row in self.do(self.database.fetch("SELECT * FROM deliveries")):
            kind = DeliveryKind(row["kind"])
            ambiguous_sends = KIND_RULES[kind].max_ambiguous_sends
            if row["corrects_id"] is not None:  # an edit may have become a reply meanwhile
                ambiguous_sends = MAX_ATTEMPTS
            assert row["attempts"] <= MAX_ATTEMPTS + ambiguous_sends + 1
            assert self.copies[row["delivery_id"]] <= 1 + ambiguous_sends
            assert row["ambiguous_sends"] == self.ambiguous[row["delivery_id"]] <= 1 + ambiguous_sends

    @invariant()
    def what_carries_alerts_is_repeated_once_and_ambiguous_only_when_it_is_named(self) -> None:
        rows = self.do(self.database.fetch("SELECT * FROM deliveries"))
        lines = {row["delivery_id"] for row in rows if row["kind"] == DeliveryKind.UNCONFIRMED_ALERTS}
        named = {row["delivery_id"]: row["named_by_id"] for row in rows if row["named_by_id"] is not None}
        for row in rows:
            if KIND_RULES[DeliveryKind(row["kind"])].is_named:
                assert self.copies[row["delivery_id"]] <= 2
                assert (row["state"] == "ambiguous") == (row["delivery_id"] in named)
                assert row["state"] != "unconfirmed" or row["ambiguous_sends"] == 2
        assert set(named.values()) == lines

    def teardown(self) -> None:
        """All senders die, and one that meets no faults comes: nothing is left."""
        for owner in OWNERS:
            self.dies(owner, called=False)
        for _ in range(6 * ROWS):
            if not self.do(self.database.fetchval(OPEN, sorted(FINAL))):
                break
            self.time_passes()
            self.an_hour_passes()
            self.claims("a", 6, 0)
            while self.claimed["a"]:
                self.marks("a", 3)
                self.calls("a", SendStatus.ACCEPTED, wait_asked=False, arrived=True)
        rows = self.do(self.database.fetch("SELECT delivery_id, kind, state FROM deliveries"))
        assert {row["state"] for row in rows} <= FINAL
        assert all(self.copies[row["delivery_id"]] >= 1 for row in rows if row["state"] == "sent")


@pytest.mark.parametrize("part", range(3))  # so that each stays short on a slow machine
def test_h95_no_order_of_events_loses_or_doubles_a_delivery(postgres_url: str, part: int) -> None:
    loop = asyncio.new_event_loop()
    opened = loop.run_until_complete(open_database(postgres_url))

    class OnThis(Deliveries):
        database = opened

    OnThis.loop = loop
    try:
        run_state_machine_as_test(
            OnThis,
            settings=settings(
                max_examples=14,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )
    finally:
        loop.run_until_complete(opened.close())
        loop.close()
