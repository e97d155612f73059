"""Everybody of a population, with keys and habits, before they have met a chain."""

from collections.abc import Iterator
from dataclasses import dataclass

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from sandbox.actors.config import HabitName, Population, WhalePlan
from sandbox.actors.genesis.tokens import lookup_table, pool_key, token_of
from sandbox.actors.keys import dice, keypair
from sandbox.actors.market.tokens import LAMPORTS, Token
from sandbox.actors.residents.actors import Person, Whale, habit_called
from sandbox.actors.residents.lookalikes import Twins, twins
from sandbox.actors.strategies.friend import Friend
from sandbox.actors.strategies.impostor import Impostor
from sandbox.actors.strategies.retail import Retail
from sandbox.actors.strategies.spammer import Spammer

FRIENDS = 3
"""Friends of each transferrer."""

_FRIEND_LAMPORTS = 5 * LAMPORTS
_PEST_LAMPORTS = 10 * LAMPORTS
_FUNDER_LAMPORTS = 500 * LAMPORTS
_MEMBER_LAMPORTS = LAMPORTS // 100
_BOTHERED = 10
"""How many of retail the spammer knows, besides the whales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Who there is."""

    population: Population
    tokens: tuple[Token, ...]
    pools: dict[Pubkey, Keypair]
    """Keys of the market makers, by address."""
    table: AddressLookupTableAccount
    whales: dict[Whale, Person]
    friends: tuple[Person, ...]
    retail: tuple[Person, ...]
    spammer: Person
    impostors: dict[str, Person]
    """By the address of the whale that each poses as."""
    crew: tuple[Person, ...]
    """The volume bot: the funder, then its wallets."""

    @property
    def addresses(self) -> frozenset[str]:
        """Those of the whales."""
        return frozenset(whale.address for whale in self.whales)

    @property
    def everybody(self) -> Iterator[Person]:
        """All who need money on the first day."""
        yield from (*self.whales.values(), *self.friends, *self.retail)
        yield from (self.spammer, *self.impostors.values(), *self.crew)


def census_of(population: Population) -> Census:
    """Derive everybody from the seed."""
    seed = population.seed
    tokens = tuple(token_of(seed, plan) for plan in population.tokens)
    pools = [pool_key(seed, plan) for plan in population.tokens]
    pairs = twins(seed, len(population.whales))
    whales = _whales(population, pairs)
    retail = _retail(population)
    return Census(
        population=population,
        tokens=tokens,
        pools={key.pubkey(): key for key in pools},
        table=lookup_table(seed, tokens),
        whales=whales,
        friends=tuple(friend for plan in population.whales for friend in _friends(seed, plan, whales)),
        retail=retail,
        spammer=_spammer(seed, (*whales.values(), *retail[:_BOTHERED])),
        impostors={str(pair.whale.pubkey()): _impostor(seed, pair) for pair in pairs},
        crew=_crew(population),
    )


def _whales(population: Population, pairs: tuple[Twins, ...]) -> dict[Whale, Person]:
    whales = {}
    for number, plan in enumerate(population.whales):
        key = pairs[number].whale if number < len(pairs) else keypair(population.seed, _named(plan))
        whale = Whale(name=plan.name, address=str(key.pubkey()), habit=plan.habit, sentence=plan.sentence)
        whales[whale] = Person(
            key=key,
            habit=habit_called(plan.habit),
            rng=dice(population.seed, _named(plan)),
            wealth=population.whale_lamports,
            clumsiness=population.clumsiness,
            friends=tuple(friend.pubkey() for friend in _friend_keys(population.seed, plan)),
        )
    return whales


def _named(plan: WhalePlan) -> str:
    return f"whale/{plan.name}"


def _friend_keys(seed: int, plan: WhalePlan) -> list[Keypair]:
    count = FRIENDS if plan.habit is HabitName.TRANSFERRER else 0
    return [keypair(seed, f"friend/{plan.name}/{number}") for number in range(count)]


def _friends(seed: int, plan: WhalePlan, whales: dict[Whale, Person]) -> Iterator[Person]:
    whale = next(person for who, person in whales.items() if who.name == plan.name)
    for number, key in enumerate(_friend_keys(seed, plan)):
        yield Person(
            key=key,
            habit=Friend(),
            rng=dice(seed, f"friend/{plan.name}/{number}"),
            wealth=_FRIEND_LAMPORTS,
            friends=(whale.key.pubkey(),),
        )


def _retail(population: Population) -> tuple[Person, ...]:
    names = [f"retail/{number}" for number in range(population.retail)]
    keys = [keypair(population.seed, name) for name in names]
    everyone = tuple(key.pubkey() for key in keys)
    return tuple(
        Person(
            key=key,
            habit=Retail(),
            rng=dice(population.seed, name),
            wealth=population.retail_lamports,
            friends=tuple(one for one in everyone if one != key.pubkey()),
        )
        for name, key in zip(names, keys, strict=True)
    )


def _spammer(seed: int, victims: tuple[Person, ...]) -> Person:
    return Person(
        key=keypair(seed, "spammer"),
        habit=Spammer(),
        rng=dice(seed, "spammer"),
        wealth=_PEST_LAMPORTS,
        friends=tuple(victim.key.pubkey() for victim in victims),
    )


def _impostor(seed: int, pair: Twins) -> Person:
    return Person(
        key=pair.impostor,
        habit=Impostor(),
        rng=dice(seed, f"impostor/{pair.impostor.pubkey()}"),
        wealth=_PEST_LAMPORTS,
        friends=(pair.whale.pubkey(),),
    )


def _crew(population: Population) -> tuple[Person, ...]:
    seed, count = population.seed, population.volume_wallets
    funder = keypair(seed, "crew/funder")
    members = [keypair(seed, f"crew/{number}") for number in range(count)]
    everyone = [(funder, _FUNDER_LAMPORTS), *((key, _MEMBER_LAMPORTS) for key in members)]
    paid = tuple(key.pubkey() for key in members)
    return tuple(
        Person(
            key=key,
            habit=Friend(),
            rng=dice(seed, f"crew/{key.pubkey()}"),
            wealth=wealth,
            friends=paid if key is funder else (funder.pubkey(),),
        )
        for key, wealth in everyone
    )
