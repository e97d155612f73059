"""The story with whales: people follow through the chat, one mutes, fifty trades; who must be told what."""

from collections.abc import Callable
from fractions import Fraction

from solders.keypair import Keypair

from domain.activity.activity import Kind
from domain.rules.decisions import DUST_LAMPORTS
from sandbox.actors.config import WHALES, HabitName, WhalePlan
from sandbox.actors.operations import Deed
from sandbox.actors.residents.actors import Whale
from sandbox.check.chat_driver import START_SECONDS, Person, Stage
from sandbox.check.judge import Expected, Verdict, judge
from sandbox.local import LocalSandbox

TRADES = 50
PER_SLOT = 2
"""Trades in each slot; with as many followers as there are, no chat is told more than it may be."""
_SOL = 10**9
_PART = Fraction(1, 20)
_STRANGER_EVERY = 5
_DUST = 5_000
_NAMES = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan")
_MORE_WHALES = ("Finn", "Gala", "Hugo", "Iris")


def whales() -> tuple[WhalePlan, ...]:
    """Who the story needs: one for each follower but Bob, and a stranger whom nobody follows."""
    more = (
        WhalePlan(name=name, habit=HabitName.HOLDER, sentence="does what the story asks")
        for name in _MORE_WHALES
    )
    return (*WHALES, *more)


class LiveStory:
    """Alice follows by a button, Bob follows and mutes, the others follow a whale each."""

    def __init__(self, sandbox: LocalSandbox) -> None:
        self._sandbox = sandbox
        self._town = sandbox.town
        self.stage = Stage(sandbox)
        self.people = [self.stage.enter(name) for name in _NAMES]
        self._stranger = self._town.whales[-1]
        self._followed = self._town.whales[:-1]
        self._tokens = [token for token in self._town.tokens if token.symbol != "USDC"][:3]

    async def play(self) -> Verdict:
        """Everything in order; what the judge found.

        Raises:
            NoAnswerError: the bot left somebody without an answer.
        """
        followers = await self._follow()
        await self._mute()
        mark, since = self.stage.mark, len(self._town.journal)
        await self._trade()
        deeds = list(self._town.journal)[since:]
        expected = [
            _expected(deed, followers[deed.wallet].user_id)
            for deed in deeds
            if deed.wallet in followers and _is_told(deed)
        ]
        await self.stage.settle(mark, len(expected))
        return judge(expected, self.stage.told(mark))

    async def _follow(self) -> dict[str, Person]:
        """Who follows which wallet, without Bob, who is going to mute his."""
        alice, bob, *others = self.people
        first, *rest = self._followed
        greeting = await self.stage.say(alice, "/start", until="Alice", seconds=START_SECONDS)
        seq = self.stage.mark
        await self.stage.press(alice, greeting, first.name)
        await self.stage.hears(alice, first.name, since=seq)
        await self.stage.say(bob, f"/watch {first.address} Bob’s fish", until="Bob’s fish")
        for person, whale in zip(others, rest, strict=True):
            await self.stage.say(person, f"/watch {whale.address} {whale.name}", until=whale.name)
        return dict(zip((whale.address for whale in self._followed), [alice, *others], strict=True))

    async def _mute(self) -> None:
        alice, bob, *_ = self.people
        seq = self.stage.mark
        self._town.buy(self._followed[0], self._tokens[0], 3 * _SOL)
        await self.stage.hears(alice, "bought", since=seq)
        alert = await self.stage.hears(bob, "bought", since=seq)
        await self.stage.press(bob, alert, "Mute")

    async def _trade(self) -> None:
        """Fifty things worth telling, with failures, dust and a stranger's trades among them."""
        acts = self._acts()
        for number in range(TRADES):
            whale = self._followed[number % len(self._followed)]
            acts[number // len(self._followed) % len(acts)](whale)
            if number % _STRANGER_EVERY == 0:
                self._town.buy(self._stranger, self._tokens[0], _SOL)
                self._town.fail(whale, self._tokens[0])
                self._town.pester(whale, _DUST)
            if number % PER_SLOT == PER_SLOT - 1:
                await self._sandbox.next_block()

    def _acts(self) -> list[Callable[[Whale], Deed]]:
        town, (one, two, three) = self._town, self._tokens
        return [
            lambda whale: town.buy(whale, one, 2 * _SOL),
            lambda whale: town.buy(whale, two, _SOL),
            lambda whale: town.sell(whale, one, _PART),
            lambda whale: town.send_sol(whale, str(Keypair().pubkey()), _SOL // 2),
            lambda whale: town.swap(whale, one, three, _PART),
            lambda whale: town.send_token(whale, two, str(Keypair().pubkey()), 12_345),
            lambda whale: town.sell(whale, two),
        ]


def _is_told(deed: Deed) -> bool:
    """Failures are no trades, and dust is not worth a message."""
    dust = deed.kind is Kind.TRANSFER_IN and all(leg.raw < DUST_LAMPORTS for leg in deed.received)
    return not deed.failed and not dust


def _expected(deed: Deed, chat_id: int) -> Expected:
    return Expected(
        chat_id=chat_id, signature=deed.signature, slot=deed.slot, legs=(*deed.paid, *deed.received)
    )
