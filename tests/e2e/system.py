"""A sandbox, the programs, and who follows whom: where an end-to-end test plays and how it is judged."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from solders.keypair import Keypair

from domain.chats import Chat, ChatKind
from domain.rules.rules import Watch
from sandbox.actors.config import SimulationConfig, StrategyName, WhalePlan
from sandbox.actors.residents.actors import Whale
from sandbox.check.chat_driver import ChatDriver, Person
from sandbox.check.judge import AcceptedMessage, Expected, Verdict, judge
from sandbox.local import LocalConfig, LocalSandbox
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.ledger import Entry
from storage.chats.chats import saw_chat
from storage.chats.watches import add_watch
from storage.coordination.instances import instances
from storage.postgres import Database, open_database
from tests.e2e.programs import CHAIN, Programs, Servers, environment, running
from tests.e2e.waiting import until

REPEAT_MARK = "Possible repeat"
SOL = 10**9
NOTHING: Mapping[str, str] = MappingProxyType({})
_AT_ONCE = 10
"""Deeds in one block."""
_FINISH_SECONDS = 30.0

ALL_SENT = """
SELECT (NOT EXISTS (SELECT FROM alerts WHERE fanned_out_at IS NULL)
    AND NOT EXISTS (SELECT FROM deliveries WHERE state IN ('pending', 'retry', 'sending')))::int
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSystem:
    """Everything that runs, for a test to look at and to meddle with."""

    sandbox: LocalSandbox
    database: Database
    programs: Programs
    driver: ChatDriver

    async def follow_all(self) -> dict[str, int]:
        """One person for each whale, who follows it; the chats by the whale's address."""
        await self.until_founding_is_read()
        chats: dict[str, int] = {}
        for whale in self.sandbox.simulation.whales:
            chats[whale.address] = self.sandbox.telegram.people.add_user(
                f"Friend of {whale.name}", started=True
            ).id
            await self._follow(chats[whale.address], whale)
        return chats

    async def until_founding_is_read(self) -> None:
        """What whales were given at the beginning happened before anybody follows them."""
        if any(one.program == "scanner" for one in await instances(self.database)):
            slot = self.sandbox.chain.api.slot
            await self._until(f"SELECT count(*) FROM cursors WHERE slot >= {slot}", 1)

    async def _follow(self, chat_id: int, whale: Whale) -> None:
        await saw_chat(self.database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title=whale.name))
        watch = Watch(
            watch_id=0,
            chat_id=chat_id,
            topic_id=0,
            chain=CHAIN,
            wallet=whale.address,
            label=whale.name,
            created_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
        await add_watch(self.database, watch, created_by=chat_id)

    async def until_confirmed(self) -> None:
        """Wait until all that has happened on the chain so far is confirmed."""
        for _ in range(self.sandbox.chain.config.confirmed_lag + 2):
            await self.sandbox.next_block()

    async def trade(self, passes: int) -> None:
        """So many deeds of every whale, some in each block."""
        done = 0
        for number in range(passes):
            for whale in self.sandbox.simulation.whales:
                self._act(whale, number)
                done += 1
                if done % _AT_ONCE == 0:
                    await self.sandbox.next_block()

    def _act(self, whale: Whale, number: int) -> None:
        simulation = self.sandbox.simulation
        token = simulation.token(("MITTEN", "KRILL")[number % 2])
        if number % 3 == 1:
            simulation.send_sol(whale, str(Keypair().pubkey()), SOL // 2)
        else:
            simulation.buy(whale, token, SOL)

    async def until_received(self, count: int, *, since: int) -> None:
        """Wait for so many messages."""
        ledger = self.sandbox.telegram.ledger
        await ledger.wait_for(
            lambda _: len(self.driver.messages(since)) >= count, seq=since, seconds=_FINISH_SECONDS
        )

    async def until_sent(self, deliveries: int) -> None:
        """Wait until Telegram's word on so many deliveries is noted."""
        await self._until("SELECT count(*) FROM deliveries WHERE state = 'sent'", deliveries)

    async def until_edited(self, count: int, *, since: int) -> None:
        """Wait for so many edits."""
        ledger = self.sandbox.telegram.ledger
        await ledger.wait_for(lambda _: len(self.edits(since)) >= count, seq=since, seconds=_FINISH_SECONDS)

    def edits(self, since: int) -> list[Entry]:
        """Return what the bot has put in place of its messages."""
        return self.sandbox.telegram.ledger.since(since, kind="edit")

    async def until_priced(self) -> None:
        """Wait until the scanner has read what SOL costs."""
        await self._until("SELECT count(*) FROM dollar_prices WHERE wallet = ''", 1)

    async def until_answered(self, questions: int) -> None:
        """Wait until so many questions are answered."""
        await self._until("SELECT count(*) FROM questions WHERE state = 'answered'", questions)

    async def until_working(self, updates: int) -> None:
        """Wait until so many updates are in the hands of a bot."""
        await self._until("SELECT count(*) FROM updates WHERE state = 'working'", updates)

    async def until_handled(self, updates: int) -> None:
        """Wait until so many updates are handled."""
        await self._until("SELECT count(*) FROM updates WHERE state = 'done'", updates)

    async def until_finished(self, alerts: int, *, seconds: float = _FINISH_SECONDS) -> None:
        """Wait until so many alerts are stored and there is nothing more to be told of them."""
        await self._until("SELECT count(*) FROM alerts WHERE kind = 'activity'", alerts)
        try:
            await self._until(ALL_SENT, 1, seconds=seconds)
        except TimeoutError as error:
            error.add_note(await self._unsent())
            raise

    async def _unsent(self) -> str:
        """The first alerts that were not fanned out and deliveries that were not sent."""
        alerts = await self.database.fetch(
            "SELECT alert_id, kind, sort, failures, retry_at, coalesce_until, now() FROM alerts"
            " WHERE fanned_out_at IS NULL LIMIT 5"
        )
        deliveries = await self.database.fetch(
            "SELECT *, now() FROM deliveries WHERE state IN ('pending', 'retry', 'sending')"
            " ORDER BY delivery_id LIMIT 5"
        )
        return "\n".join(str(dict(row)) for row in (*alerts, *deliveries))

    async def _until(self, statement: str, minimum: int, *, seconds: float = _FINISH_SECONDS) -> None:
        async def reached() -> bool:
            return int(await self.database.fetchval(statement)) >= minimum

        await until(reached, seconds=seconds)

    def judged(self, chats: dict[str, int], *, since: int) -> Verdict:
        """The town's journal against the sandbox Telegram's ledger."""
        expected = [
            Expected(
                chat_id=chats[operation.wallet],
                signature=operation.signature,
                slot=operation.slot,
                legs=(*operation.paid, *operation.received),
            )
            for operation in self.sandbox.simulation.journal
            if operation.wallet in chats and not operation.failed
        ]
        return judge(expected, self.driver.messages(since))

    async def ambiguous_sends(self) -> dict[int, int]:
        """In which chats how many deliveries are noted as repeated."""
        rows = await self.database.fetch(
            "SELECT chat_id, count(*) AS copies FROM deliveries WHERE ambiguous_sends > 0 GROUP BY chat_id"
        )
        return {row["chat_id"]: row["copies"] for row in rows}


def simulation(whales: int) -> SimulationConfig:
    """So many whales and nobody else."""
    plans = tuple(
        WhalePlan(name=f"Whale {number + 1}", strategy=StrategyName.SLICER, sentence="does as it is told")
        for number in range(whales)
    )
    return SimulationConfig(whales=plans, retail=0)


def config(*, whales: int = 5, slot_seconds: float = 0.2) -> LocalConfig:
    """A quiet town on a quick chain, and a Telegram without limits of its own."""
    return LocalConfig(
        slot_seconds=slot_seconds,
        active=False,
        simulation=simulation(whales),
        telegram=TelegramConfig(limits=FloodLimits(enabled=False), users=(), groups=()),
    )


@asynccontextmanager
async def opened(
    servers: Servers, home: Path, *, setting: LocalConfig | None = None, settings: Mapping[str, str] = NOTHING
) -> AsyncIterator[RunningSystem]:
    """A sandbox without any program yet; `settings` are those of every program."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(LocalSandbox(setting or config()))
        database = await open_database(servers.postgres_url)
        stack.push_async_callback(database.close)
        programs = Programs(database, {**environment(sandbox, servers, home), **settings}, home)
        yield RunningSystem(sandbox=sandbox, database=database, programs=programs, driver=ChatDriver(sandbox))


@asynccontextmanager
async def playing(
    servers: Servers, home: Path, names: Sequence[str], *, setting: LocalConfig | None = None
) -> AsyncIterator[RunningSystem]:
    """A sandbox and the named programs, ready."""
    async with opened(servers, home, setting=setting) as system:
        children = [system.programs.make(name) for name in names]
        async with running(system.programs, children):
            await system.until_founding_is_read()
            yield system


@asynccontextmanager
async def priced(
    servers: Servers,
    home: Path,
    names: Sequence[str],
    *,
    whales: int,
    settings: Mapping[str, str] = NOTHING,
) -> AsyncIterator[RunningSystem]:
    """The programs, once they know what SOL costs and have read what whales were given at the beginning."""
    async with opened(servers, home, setting=config(whales=whales), settings=settings) as system:
        children = [system.programs.make(name) for name in names]
        async with running(system.programs, children):
            await system.until_priced()
            await system.until_confirmed()
            if "RECONCILE" not in settings:  # passes by lists read nothing while nobody follows a wallet
                await system.until_founding_is_read()  # later it would tie all whales to one payer
            yield system


async def each_alert_came_once(system: RunningSystem, chats: dict[str, int], *, since: int) -> None:
    """All that was done was announced, and nothing else, save for second copies that say so and are noted."""
    verdict = system.judged(chats, since=since)
    assert not verdict.missing
    assert not unmarked(verdict), (unmarked(verdict), system.driver.messages(since))
    copies = Counter(sent.chat_id for sent in marked(system.driver.messages(since)))
    assert copies <= Counter(await system.ambiguous_sends())


def unmarked(verdict: Verdict) -> list[AcceptedMessage]:
    """Messages that nothing explains and that do not say that they may be a repeat."""
    return [sent for sent in verdict.surplus if REPEAT_MARK not in sent.text]


def marked(messages: Sequence[AcceptedMessage]) -> list[AcceptedMessage]:
    """Those that say that they may be a repeat."""
    return [sent for sent in messages if REPEAT_MARK in sent.text]


def enter(driver: ChatDriver, number: int) -> list[Person]:
    """So many people who have not spoken yet."""
    return [driver.add_person(f"Person {testbed + 1}") for testbed in range(number)]
