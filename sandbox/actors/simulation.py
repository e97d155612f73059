"""The simulation: all actors on the local chain, who act by themselves slot by slot, or on demand."""

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from typing import TypeVar

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from sandbox.actors.config import SimulationConfig
from sandbox.actors.genesis.tokens import GenesisChain
from sandbox.actors.intents import Buy, Intent, Oversell, Sell, SendSol, SendToken, Swap
from sandbox.actors.market.pool_accounts import PoolPublisher
from sandbox.actors.market.price_feeds import SLOTS_BETWEEN, PricePublisher
from sandbox.actors.market.tokens import Token, sol_leg
from sandbox.actors.operations import Operation, arrival
from sandbox.actors.residents.actors import Actor, Whale
from sandbox.actors.residents.population import population_of
from sandbox.actors.residents.schedule import schedule_of
from sandbox.actors.residents.volume_crew import volume_crew_of
from sandbox.actors.setup import set_up
from sandbox.actors.strategies.spammer import SPAM_MEMO
from sandbox.actors.trader import Trader
from sandbox.chain.chain_api import ChainApi, TransactionRejected

_ALL = Fraction(1)
_T = TypeVar("_T")


class NotSetUpError(RuntimeError):
    """The simulation was asked to act before `set_up` was called."""


class Simulation:
    """The actors of the local chain.

    Args:
        config: who they are and how often they act.
        active: whether they act by themselves; `pause` and `resume` change it. They act on demand either way.
    """

    def __init__(self, config: SimulationConfig | None = None, *, active: bool = True) -> None:
        self.config = config or SimulationConfig()
        self._active = active
        self.journal: deque[Operation] = deque(maxlen=self.config.journal)
        """What whales did and received since the start, oldest first.

        Forks change nothing here: where forks occur, compare with finalized blocks.
        """
        self._population = population_of(self.config)
        self._schedule = schedule_of(self._population)
        self._volume_crew = volume_crew_of(self._population)
        self._trader: Trader | None = None
        self.publisher: PricePublisher | None = None
        """Publishes prices, where there is a token that is worth a dollar."""
        self.pools: PoolPublisher | None = None
        """Says of pools what venues say in accounts; None: nothing is set up."""

    @property
    def whales(self) -> tuple[Whale, ...]:
        """The whales, in the order of their plans."""
        return tuple(self._population.whales)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens, in the order of their plans."""
        return self._population.tokens

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

    def set_up(self, chain: GenesisChain) -> None:
        """Create tokens and pools and give all actors their first balances: once, on a new chain.

        Raises:
            TransactionRejected: the chain's faucet has too little.
        """
        self._trader = set_up(chain, self._population)
        self.pools = PoolPublisher(chain.account, chain.put_account)
        for token in (one for one in self.tokens if not one.quote):
            self.pools.publish(token)
        dollar = next((token for token in self.tokens if token.quote), None)
        if dollar is not None:
            self.publisher = PricePublisher(dollar, chain.account, chain.put_account)
            self.publisher.publish()

    def pause(self) -> None:
        """Let no actor act by itself from now on."""
        self._active = False

    def resume(self) -> None:
        """Let actors act by themselves again."""
        self._active = True

    def on_slot(self, api: ChainApi, slot: int) -> None:
        """Let the actors act that are due in `slot`, unless the simulation is paused."""
        del api  # the trader keeps the chain that the simulation was set up on
        if self.publisher is not None and slot % SLOTS_BETWEEN == 0:
            self.publisher.publish()
        if not self._active:
            return
        trader = self._ready()
        for actor in self._schedule.due(slot):
            self._act(trader, actor)
        if self._schedule.volume_is_due(slot):
            self._volume_step(trader)

    def buy(self, whale: Whale, token: Token, lamports: int) -> Operation:
        """Buy a token for SOL; for more than the whale has, the trade fails on chain.

        Args:
            whale: who pays.
            token: has a pool.
            lamports: for more than the whale has, the trade fails on chain.
        """
        return self._on_demand(whale, Buy(token=token, lamports=lamports))

    def sell(self, whale: Whale, token: Token, share: Fraction = _ALL) -> Operation:
        """Sell a share of what the whale owns of a token.

        Args:
            whale: who sells.
            token: has a pool.
            share: above 0 up to 1; all of it closes the token account.
        """
        amount = self._share(whale, token, share)
        return self._on_demand(whale, Sell(token=token, amount=amount, close_account=share == _ALL))

    def swap(self, whale: Whale, token_in: Token, token_out: Token, share: Fraction = _ALL) -> Operation:
        """Swap a share of one token for another in one transaction.

        Args:
            whale: who swaps.
            token_in: what is given; has a pool.
            token_out: what is got; has a pool.
            share: of what the whale owns of the first token, above 0 up to 1.
        """
        amount = self._share(whale, token_in, share)
        return self._on_demand(whale, Swap(token_in=token_in, token_out=token_out, amount=amount))

    def send_sol(self, whale: Whale, to: str, lamports: int) -> Operation:
        """Send SOL to a wallet.

        Args:
            whale: the sender.
            to: the address of the recipient.
            lamports: for more than the whale has, the transfer fails on chain.

        Raises:
            ValueError: `to` is not an address.
        """
        return self._on_demand(whale, SendSol(to=Pubkey.from_string(to), lamports=lamports))

    def send_token(
        self, whale: Whale, token: Token, to: str, amount: int, *, unchecked: bool = False
    ) -> Operation:
        """Send raw units of a token to the wallet at `to`.

        Args:
            whale: the sender.
            token: the token.
            to: the address of the recipient's wallet.
            amount: raw units.
            unchecked: use the old Transfer, into an account that exists (SPL Token only).
        """
        transfer = SendToken(to=Pubkey.from_string(to), token=token, amount=amount, unchecked=unchecked)
        return self._on_demand(whale, transfer)

    def fail(self, whale: Whale, token: Token) -> Operation:
        """Try to sell one unit more than the whale owns: a trade that lands and fails."""
        return self._on_demand(whale, Oversell(token=token, amount=1))

    def send_dust(self, whale: Whale, lamports: int) -> Operation:
        """Send dust to the whale from its impostor, else from the spammer; the operation is the sender's."""
        sender = self._population.impostors.get(whale.address, self._population.spammer)
        dust = SendSol(to=Pubkey.from_string(whale.address), lamports=lamports)
        return self._execute(self._ready(), sender.key, dust)

    def send_spam_token(self, whale: Whale) -> Operation:
        """Send the whale one unit of the worthless token with a spam memo; the operation is the spammer's.

        Raises:
            LookupError: the simulation has no token without decimals.
        """
        worthless = _only("a token without decimals", [one for one in self.tokens if not one.decimals])
        transfer = SendToken(to=Pubkey.from_string(whale.address), token=worthless, amount=1, memo=SPAM_MEMO)
        return self._execute(self._ready(), self._population.spammer.key, transfer)

    def _on_demand(self, whale: Whale, intent: Intent) -> Operation:
        return self._execute(self._ready(), self._population.whales[whale].key, intent)

    def _share(self, whale: Whale, token: Token, share: Fraction) -> int:
        owned = self._ready().owned(Pubkey.from_string(whale.address), token)
        return owned * share.numerator // share.denominator

    def _act(self, trader: Trader, actor: Actor) -> None:
        balances = trader.balances(actor.key.pubkey(), actor.friends)
        if actor.needs_funds(balances):
            self._refill(trader, actor)
            return
        for intent in actor.act(balances):
            self._attempt(trader, actor.key, intent)

    def _volume_step(self, trader: Trader) -> None:
        actor, intent = self._volume_crew.next(trader)
        if actor.needs_funds(trader.balances(actor.key.pubkey())):
            self._refill(trader, actor)
        if intent is not None:
            self._attempt(trader, actor.key, intent)

    def _refill(self, trader: Trader, actor: Actor) -> None:
        wallet = actor.key.pubkey()
        with suppress(TransactionRejected):  # an empty faucet stops no other actor
            signature = trader.chain.airdrop(wallet, actor.initial_lamports)
            self._remember(
                [arrival(str(signature), trader.chain.slot, str(wallet), sol_leg(actor.initial_lamports))]
            )

    def _attempt(self, trader: Trader, author: Keypair, intent: Intent) -> None:
        with suppress(TransactionRejected):  # it cannot pay the fee; its next action is a refill
            self._execute(trader, author, intent)

    def _execute(self, trader: Trader, author: Keypair, intent: Intent) -> Operation:
        operations = trader.execute(author, intent)
        self._remember(operations)
        return operations[0]

    def _remember(self, operations: Iterable[Operation]) -> None:
        self.journal.extend(
            operation for operation in operations if operation.wallet in self._population.addresses
        )

    def _ready(self) -> Trader:
        if self._trader is None:
            raise NotSetUpError("The simulation must be set up on a chain first.")
        return self._trader


def _only(wanted: str, found: list[_T]) -> _T:
    if not found:
        raise LookupError(f"Nothing in the simulation is called {wanted!r}.")
    return found[0]
