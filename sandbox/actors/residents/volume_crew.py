"""The volume bot's crew: a funder and its wallets, driven step by step by one pure habit."""

from random import Random

from sandbox.actors.intents import Intent
from sandbox.actors.keys import rng_for
from sandbox.actors.market.tokens import Token
from sandbox.actors.residents.actors import Actor
from sandbox.actors.residents.population import Population
from sandbox.actors.strategies.volume_bot import VolumeBot
from sandbox.actors.trader import Trader


class VolumeCrew:
    """Knows whose turn it is.

    Args:
        people: the funder first, then its wallets.
        token: what they trade.
        rng: the crew's own.
    """

    def __init__(self, actors: tuple[Actor, ...], token: Token, rng: Random) -> None:
        self.actors = actors
        self._bot = VolumeBot(token=token)
        self._rng = rng

    def next(self, trader: Trader) -> tuple[Actor, Intent | None]:
        """Whose turn it is and what that one does; nothing where there is nothing to sell or return."""
        wallet_balances = [trader.balances(actor.key.pubkey(), actor.friends) for actor in self.actors]
        self._bot, actor, intent = self._bot.decide(wallet_balances, self._rng)
        return self.actors[actor], intent


def volume_crew_of(population: Population) -> VolumeCrew:
    """The crew of a town, at the beginning.

    Raises:
        LookupError: the token it is to trade is not of the town.
    """
    wanted = population.config.volume_symbol
    traded = [token for token in population.tokens if token.symbol == wanted]
    if not traded:
        raise LookupError(f"The volume bot's token {wanted!r} is not among the town's tokens.")
    return VolumeCrew(population.volume_crew, traded[0], rng_for(population.config.seed, "volume_crew"))
