"""The scenario of whales: people follow them in the chat, one mutes his, and fifty trades are reported."""

from collections.abc import Callable
from fractions import Fraction

from solders.keypair import Keypair

from domain.activity.activity import Kind
from domain.rules.decisions import DUST_LAMPORTS
from sandbox.actors.config import WHALES, StrategyName, WhalePlan
from sandbox.actors.operations import Operation
from sandbox.actors.residents.actors import Whale
from sandbox.check.chat_driver import START_SECONDS, ChatDriver, Person
from sandbox.check.judge import Expected, Verdict, judge

TRADES = 50
PER_SLOT = 2
"""Trades in each slot: few enough that no chat reaches Telegram's limits."""
_SOL = 10**9
_PART = Fraction(1, 20)
_STRANGER_EVERY = 5
_DUST = 5_000
_NAMES = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan")
_MORE_WHALES = ("Finn", "Gala", "Hugo", "Iris")


def whales() -> tuple[WhalePlan, ...]:
    """The whales of the scenario: one for each follower but Bob, and one whom nobody follows."""
    more = (
        WhalePlan(name=name, strategy=StrategyName.HOLDER, sentence="does what the scenario asks")
        for name in _MORE_WHALES
    )
    return (*WHALES, *more)


class LiveScenario:
    """Alice follows by a button, Bob follows and mutes, the others follow a whale each."""

    def __init__(self, driver: ChatDriver) -> None:
        self._sandbox = driver.sandbox
        self._simulation = driver.sandbox.simulation
        self.driver = driver
        self.people = [self.driver.add_person(name) for name in _NAMES]
        self._stranger = self._simulation.whales[-1]
        self._followed = self._simulation.whales[:-1]
        self._tokens = [token for token in self._simulation.tokens if token.symbol != "USDC"][:3]

    async def run(self) -> Verdict:
        """Run the steps in order and judge the messages.

        Raises:
            NoAnswerError: the bot did not answer somebody.
        """
        followers = await self._follow()
        await self._mute()
        last_seq, since = self.driver.last_seq, len(self._simulation.journal)
        await self._trade()
        operations = list(self._simulation.journal)[since:]
        expected = [
            _expected(operation, followers[operation.wallet].user_id)
            for operation in operations
            if operation.wallet in followers and _is_reported(operation)
        ]
        await self.driver.wait_until_quiet(last_seq, expected)
        return judge(expected, self.driver.messages(last_seq))

    async def _follow(self) -> dict[str, Person]:
        """Follow the whales; the followers by wallet, without Bob, who mutes his."""
        alice, bob, *others = self.people
        first, *rest = self._followed
        greeting = await self.driver.send(alice, "/start", until="Alice", seconds=START_SECONDS)
        seq = self.driver.last_seq
        await self.driver.press(alice, greeting, first.name)
        await self.driver.wait_for(alice, first.name, since=seq)
        await self.driver.send(bob, f"/watch {first.address} Bob’s fish", until="Bob’s fish")
        for person, whale in zip(others, rest, strict=True):
            await self.driver.send(person, f"/watch {whale.address} {whale.name}", until=whale.name)
        return dict(zip((whale.address for whale in self._followed), [alice, *others], strict=True))

    async def _mute(self) -> None:
        alice, bob, *_ = self.people
        seq = self.driver.last_seq
        self._simulation.buy(self._followed[0], self._tokens[0], 3 * _SOL)
        await self.driver.wait_for(alice, "bought", since=seq)
        alert = await self.driver.wait_for(bob, "bought", since=seq)
        await self.driver.press(bob, alert, "Mute")

    async def _trade(self) -> None:
        """Trade fifty times, with failures, dust and the trades of an unfollowed whale in between."""
        acts = self._acts()
        for number in range(TRADES):
            whale = self._followed[number % len(self._followed)]
            acts[number // len(self._followed) % len(acts)](whale)
            if number % _STRANGER_EVERY == 0:
                self._simulation.buy(self._stranger, self._tokens[0], _SOL)
                self._simulation.fail(whale, self._tokens[0])
                self._simulation.send_dust(whale, _DUST)
            if number % PER_SLOT == PER_SLOT - 1:
                await self._sandbox.next_block()

    def _acts(self) -> list[Callable[[Whale], Operation]]:
        simulation, (one, two, three) = self._simulation, self._tokens
        return [
            lambda whale: simulation.buy(whale, one, 2 * _SOL),
            lambda whale: simulation.buy(whale, two, _SOL),
            lambda whale: simulation.sell(whale, one, _PART),
            lambda whale: simulation.send_sol(whale, str(Keypair().pubkey()), _SOL // 2),
            lambda whale: simulation.swap(whale, one, three, _PART),
            lambda whale: simulation.send_token(whale, two, str(Keypair().pubkey()), 12_345),
            lambda whale: simulation.sell(whale, two),
        ]


def _is_reported(operation: Operation) -> bool:
    """Failed transactions and dust are not reported."""
    dust = operation.kind is Kind.TRANSFER_IN and all(leg.raw < DUST_LAMPORTS for leg in operation.received)
    return not operation.failed and not dust


def _expected(operation: Operation, chat_id: int) -> Expected:
    return Expected(
        chat_id=chat_id,
        signature=operation.signature,
        slot=operation.slot,
        legs=(*operation.paid, *operation.received),
    )
