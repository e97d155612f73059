"""The town: everybody on the local chain, acting by themselves slot by slot, or on demand deed by deed."""

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from typing import TypeVar

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from sandbox.actors.config import Population
from sandbox.actors.genesis.tokens import NewGround
from sandbox.actors.intents import Buy, Intent, Overreach, Sell, SendSol, SendToken, Swap
from sandbox.actors.market.tokens import Token, sol_leg
from sandbox.actors.operations import Deed, arrival
from sandbox.actors.residents.actors import Person, Whale
from sandbox.actors.residents.population import census_of
from sandbox.actors.residents.schedule import rota_of
from sandbox.actors.residents.volume_crew import crew_of
from sandbox.actors.setup import settle
from sandbox.actors.strategies.spammer import BAIT
from sandbox.actors.trader import Desk
from sandbox.chain.chain_api import Ground, TransactionRejected

_ALL = Fraction(1)
_T = TypeVar("_T")


class NotFoundedError(RuntimeError):
    """The town was asked to act before `found` was called."""


class Town:
    """Residents of the local chain.

    Args:
        population: who lives there.
        active: whether they trade by themselves; may be changed at any time. On-demand deeds work either way.
    """

    def __init__(self, population: Population | None = None, *, active: bool = True) -> None:
        self.population = population or Population()
        self.active = active
        self.journal: deque[Deed] = deque(maxlen=self.population.journal)
        """What was done by and to whales since the founding, oldest first.

        A fork that dies afterwards changes nothing here: compare with finalized blocks where forks are tried.
        """
        self._census = census_of(self.population)
        self._rota = rota_of(self._census)
        self._crew = crew_of(self._census)
        self._desk: Desk | None = None

    @property
    def whales(self) -> tuple[Whale, ...]:
        """Wallets worth following, in the order of their plans."""
        return tuple(self._census.whales)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens, in the order of their plans."""
        return self._census.tokens

    def whale(self, wanted: str) -> Whale:
        """The whale of that name or address.

        Raises:
            LookupError: there is none.
        """
        return _only(wanted, [one for one in self.whales if wanted in (one.name, one.address)])

    def token(self, wanted: str) -> Token:
        """The token of that symbol or mint.

        Raises:
            LookupError: there is none.
        """
        return _only(wanted, [one for one in self.tokens if wanted in (one.symbol, str(one.mint))])

    def found(self, ground: NewGround) -> None:
        """Make tokens and pools and give everybody their first money: once, on a new chain.

        Raises:
            TransactionRejected: the chain's faucet has too little.
        """
        self._desk = settle(ground, self._census)

    def on_slot(self, ground: Ground, slot: int) -> None:
        """Let everybody whose time has come act; does nothing while not active."""
        if not self.active:
            return
        desk = self._ready()
        desk.ground = ground
        for person in self._rota.due(slot):
            self._live(desk, person)
        if self._rota.crew_is_due(slot):
            self._work(desk)

    def buy(self, whale: Whale, token: Token, lamports: int) -> Deed:
        """Give `lamports` of SOL to the token's pool; more than it has makes the trade fail on chain."""
        return self._on_demand(whale, Buy(token=token, lamports=lamports))

    def sell(self, whale: Whale, token: Token, share: Fraction = _ALL) -> Deed:
        """Sell that share of what it holds of the token; all of it closes the token account."""
        amount = self._share(whale, token, share)
        return self._on_demand(whale, Sell(token=token, amount=amount, leave=share == _ALL))

    def swap(self, whale: Whale, token_in: Token, token_out: Token, share: Fraction = _ALL) -> Deed:
        """Change that share of one token for another in one transaction."""
        amount = self._share(whale, token_in, share)
        return self._on_demand(whale, Swap(token_in=token_in, token_out=token_out, amount=amount))

    def send_sol(self, whale: Whale, to: str, lamports: int) -> Deed:
        """Give SOL to the wallet at address `to`.

        Raises:
            ValueError: `to` is not an address.
        """
        return self._on_demand(whale, SendSol(to=Pubkey.from_string(to), lamports=lamports))

    def send_token(self, whale: Whale, token: Token, to: str, amount: int, *, unnamed: bool = False) -> Deed:
        """Give raw units to the wallet at `to`; `unnamed`: into an account that exists (SPL Token only)."""
        gift = SendToken(to=Pubkey.from_string(to), token=token, amount=amount, unnamed=unnamed)
        return self._on_demand(whale, gift)

    def fail(self, whale: Whale, token: Token) -> Deed:
        """Try to sell one unit more than there is: a trade that lands and fails."""
        return self._on_demand(whale, Overreach(token=token, amount=1))

    def pester(self, whale: Whale, lamports: int) -> Deed:
        """Dust for the whale from its look-alike, else from the spammer; the deed is the sender's."""
        sender = self._census.impostors.get(whale.address, self._census.spammer)
        dust = SendSol(to=Pubkey.from_string(whale.address), lamports=lamports)
        return self._do(self._ready(), sender.key, dust)

    def bait(self, whale: Whale) -> Deed:
        """One unit of the worthless token for the whale, with a memo that baits; the deed is the spammer's.

        Raises:
            LookupError: the town has no token without decimals.
        """
        worthless = _only("a token without decimals", [one for one in self.tokens if not one.decimals])
        gift = SendToken(to=Pubkey.from_string(whale.address), token=worthless, amount=1, memo=BAIT)
        return self._do(self._ready(), self._census.spammer.key, gift)

    def _on_demand(self, whale: Whale, intent: Intent) -> Deed:
        return self._do(self._ready(), self._census.whales[whale].key, intent)

    def _share(self, whale: Whale, token: Token, share: Fraction) -> int:
        held = self._ready().held(Pubkey.from_string(whale.address), token)
        return held * share.numerator // share.denominator

    def _live(self, desk: Desk, person: Person) -> None:
        purse = desk.purse(person.key.pubkey(), person.friends)
        if person.is_broke(purse):
            self._help(desk, person)
            return
        for intent in person.act(purse):
            self._try(desk, person.key, intent)

    def _work(self, desk: Desk) -> None:
        person, intent = self._crew.next(desk)
        if person.is_broke(desk.purse(person.key.pubkey())):
            self._help(desk, person)
        if intent is not None:
            self._try(desk, person.key, intent)

    def _help(self, desk: Desk, person: Person) -> None:
        wallet = person.key.pubkey()
        with suppress(TransactionRejected):  # An empty faucet stops nobody else.
            signature = desk.ground.airdrop(wallet, person.wealth)
            self._note([arrival(str(signature), desk.ground.slot, str(wallet), sol_leg(person.wealth))])

    def _try(self, desk: Desk, author: Keypair, intent: Intent) -> None:
        with suppress(TransactionRejected):  # Too poor for the fee; the next turn brings help.
            self._do(desk, author, intent)

    def _do(self, desk: Desk, author: Keypair, intent: Intent) -> Deed:
        deeds = desk.carry_out(author, intent)
        self._note(deeds)
        return deeds[0]

    def _note(self, deeds: Iterable[Deed]) -> None:
        self.journal.extend(deed for deed in deeds if deed.wallet in self._census.addresses)

    def _ready(self) -> Desk:
        if self._desk is None:
            raise NotFoundedError("The town must be founded on a chain first.")
        return self._desk


def _only(wanted: str, found: list[_T]) -> _T:
    if not found:
        raise LookupError(f"Nothing in the town is called {wanted!r}.")
    return found[0]
