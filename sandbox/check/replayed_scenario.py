"""The scenario of recorded transactions: people follow the traders, and each recorded trade is reported."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec

from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Leg
from sandbox.check.chat_driver import START_SECONDS, ChatDriver, Person
from sandbox.check.judge import Expected, Verdict, judge

_PER_FOLLOWER = 4
_SERVE_SECONDS = 40.0


class _Trade(msgspec.Struct):
    """`{"paid":{"SOL":84200000000},"received":{"EKpQ…":38410250000}}`."""

    paid: dict[str, int]
    received: dict[str, int]


class _Record(msgspec.Struct):
    """What a recorded transaction is known to have done, as a file beside it says.

    `{"signature":"5Nf2…","deltas":{"86xC…":{"SOL":-84200005000}},"decimals":{"EKpQ…":6},"trader":"86xC…"}`.
    """

    signature: str
    deltas: dict[str, dict[str, int]] = {}
    decimals: dict[str, int] = {}
    trader: str | None = None
    trade: _Trade | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owner:
    record: _Record
    wallet: str


class ReplayedScenario:
    """Followers of the traders of a folder whose `expected/` says what each of them traded."""

    def __init__(self, driver: ChatDriver, folder: Path) -> None:
        self._sandbox = driver.sandbox
        self._chain = driver.sandbox.chain.chain
        self._chain.pause_replay()
        self.driver = driver
        self._records = _read_records(folder)
        traders = sorted({r.trader for r in self._records if r.trader and r.trade})
        groups = [traders[at : at + _PER_FOLLOWER] for at in range(0, len(traders), _PER_FOLLOWER)]
        self._follows = {self.driver.add_person(f"Follower {n + 1}"): group for n, group in enumerate(groups)}
        self.people = list(self._follows)

    async def run(self) -> Verdict:
        """Run the steps in order and judge the messages.

        Raises:
            NoAnswerError: the bot did not answer somebody.
        """
        await self.driver.send(self.people[0], "/start", seconds=START_SECONDS)
        async with asyncio.TaskGroup() as tasks:
            for person, wallets in self._follows.items():
                tasks.create_task(self._follow(person, wallets))
        last_seq = self.driver.last_seq
        await self._serve()
        trades = [one for one in self._expected() if one.legs]
        await self.driver.wait_until_quiet(last_seq, trades)
        verdict = judge(trades, self.driver.messages(last_seq))
        explained = judge([one for one in self._expected() if not one.legs], verdict.surplus)
        return Verdict(matched=verdict.matched, missing=verdict.missing, surplus=explained.surplus)

    async def _follow(self, person: Person, wallets: list[str]) -> None:
        for wallet in wallets:
            await self.driver.send(person, f"/watch {wallet}", until=wallet[:4])

    async def _serve(self) -> None:
        """Serve the recorded transactions until the last trade has landed."""
        awaited = [record.signature for record in self._records if record.trade]
        self._chain.resume_replay()
        try:
            async with asyncio.timeout(_SERVE_SECONDS):
                while not all(map(self._chain.known, awaited)):
                    await self._sandbox.next_block()
        finally:
            self._chain.pause_replay()

    def _expected(self) -> list[Expected]:
        """Return what may be reported: with amounts a trade, which must be; without amounts anything else."""
        chats = {wallet: person.user_id for person, group in self._follows.items() for wallet in group}
        owners = [_Owner(record=r, wallet=w) for r in self._records for w in r.deltas if w in chats]
        return [
            Expected(
                chat_id=chats[owner.wallet],
                signature=owner.record.signature,
                slot=landed.slot,
                legs=_legs(owner),
            )
            for owner in owners
            if (landed := self._chain.history.transaction(owner.record.signature)) is not None
        ]


def _legs(owner: _Owner) -> tuple[Leg, ...]:
    """The amounts that this wallet traded according to the record; empty if it is not the trader."""
    record = owner.record
    if record.trade is None or record.trader != owner.wallet:
        return ()
    amounts = [*record.trade.paid.items(), *record.trade.received.items()]
    return tuple(
        Leg(mint=mint, raw=abs(raw), decimals=_decimals(mint, record)) for mint, raw in amounts if raw
    )


def _decimals(mint: str, record: _Record) -> int:
    return SOL_DECIMALS if mint in {SOL, WRAPPED_SOL} else record.decimals[mint]


def _read_records(folder: Path) -> list[_Record]:
    """The records in `expected/` of transactions that are served and did not fail."""
    found = (
        msgspec.json.decode(path.read_bytes(), type=_Record)
        for path in sorted((folder / "expected").glob("*.json"))
    )
    served = {path.stem for path in (folder / "transactions").glob("*.json")}
    return [record for record in found if not record.failed and record.signature in served]
