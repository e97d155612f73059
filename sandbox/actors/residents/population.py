"""All actors of a simulation with their keys and strategies, derived from the seed."""

from collections.abc import Iterator
from dataclasses import dataclass

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from sandbox.actors.config import SimulationConfig, StrategyName, WhalePlan
from sandbox.actors.genesis.tokens import lookup_table, pool_key, token_of
from sandbox.actors.keys import keypair, rng_for
from sandbox.actors.market.tokens import LAMPORTS, Token
from sandbox.actors.residents.actors import Actor, Whale, strategy_named
from sandbox.actors.residents.lookalikes import LookalikePair, lookalike_pairs
from sandbox.actors.strategies.friend import Friend
from sandbox.actors.strategies.impostor import Impostor
from sandbox.actors.strategies.retail import Retail
from sandbox.actors.strategies.spammer import Spammer

FRIENDS = 3
"""The friends of each transferrer."""

_FRIEND_LAMPORTS = 5 * LAMPORTS
_SPAMMER_LAMPORTS = 10 * LAMPORTS
_FUNDER_LAMPORTS = 500 * LAMPORTS
_MEMBER_LAMPORTS = LAMPORTS // 100
_SPAMMED_RETAIL = 10
"""How many small wallets the spammer sends to, besides the whales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All actors, tokens and pools of a simulation."""

    config: SimulationConfig
    tokens: tuple[Token, ...]
    pools: dict[Pubkey, Keypair]
    """The keys of the pools, by address."""
    table: AddressLookupTableAccount
    whales: dict[Whale, Actor]
    friends: tuple[Actor, ...]
    retail: tuple[Actor, ...]
    spammer: Actor
    impostors: dict[str, Actor]
    """By the address of the whale that each imitates."""
    volume_crew: tuple[Actor, ...]
    """The volume bot: the funder, then its wallets."""

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of the whales."""
        return frozenset(whale.address for whale in self.whales)

    @property
    def everyone(self) -> Iterator[Actor]:
        """All actors that get SOL at the start."""
        yield from (*self.whales.values(), *self.friends, *self.retail)
        yield from (self.spammer, *self.impostors.values(), *self.volume_crew)


def population_of(config: SimulationConfig) -> Population:
    """Derive all actors from the seed."""
    seed = config.seed
    tokens = tuple(token_of(seed, plan) for plan in config.tokens)
    pools = [pool_key(seed, plan) for plan in config.tokens]
    pairs = lookalike_pairs(seed, len(config.whales))
    whales = _whales(config, pairs)
    retail = _retail(config)
    return Population(
        config=config,
        tokens=tokens,
        pools={key.pubkey(): key for key in pools},
        table=lookup_table(seed, tokens),
        whales=whales,
        friends=tuple(friend for plan in config.whales for friend in _friends(config, plan, whales)),
        retail=retail,
        spammer=_spammer(config, (*whales.values(), *retail[:_SPAMMED_RETAIL])),
        impostors={str(pair.whale.pubkey()): _impostor(config, pair) for pair in pairs},
        volume_crew=_volume_crew(config),
    )


def _whales(config: SimulationConfig, pairs: tuple[LookalikePair, ...]) -> dict[Whale, Actor]:
    whales = {}
    for number, plan in enumerate(config.whales):
        key = pairs[number].whale if number < len(pairs) else keypair(config.seed, _named(plan))
        whale = Whale(
            name=plan.name, address=str(key.pubkey()), strategy=plan.strategy, sentence=plan.sentence
        )
        whales[whale] = Actor(
            key=key,
            strategy=strategy_named(plan.strategy),
            rng=rng_for(config.action_seed, _named(plan)),
            initial_lamports=config.whale_lamports,
            failure_rate=config.failure_rate,
            friends=tuple(friend.pubkey() for friend in _friend_keys(config.seed, plan)),
        )
    return whales


def _named(plan: WhalePlan) -> str:
    return f"whale/{plan.name}"


def _friend_keys(seed: int, plan: WhalePlan) -> list[Keypair]:
    count = FRIENDS if plan.strategy is StrategyName.TRANSFERRER else 0
    return [keypair(seed, f"friend/{plan.name}/{number}") for number in range(count)]


def _friends(config: SimulationConfig, plan: WhalePlan, whales: dict[Whale, Actor]) -> Iterator[Actor]:
    whale = next(actor for who, actor in whales.items() if who.name == plan.name)
    for number, key in enumerate(_friend_keys(config.seed, plan)):
        yield Actor(
            key=key,
            strategy=Friend(),
            rng=rng_for(config.action_seed, f"friend/{plan.name}/{number}"),
            initial_lamports=_FRIEND_LAMPORTS,
            friends=(whale.key.pubkey(),),
        )


def _retail(config: SimulationConfig) -> tuple[Actor, ...]:
    names = [f"retail/{number}" for number in range(config.retail)]
    keys = [keypair(config.seed, name) for name in names]
    everyone = tuple(key.pubkey() for key in keys)
    return tuple(
        Actor(
            key=key,
            strategy=Retail(),
            rng=rng_for(config.action_seed, name),
            initial_lamports=config.retail_lamports,
            friends=tuple(one for one in everyone if one != address),
        )
        for name, key, address in zip(names, keys, everyone, strict=True)
    )


def _spammer(config: SimulationConfig, victims: tuple[Actor, ...]) -> Actor:
    return Actor(
        key=keypair(config.seed, "spammer"),
        strategy=Spammer(),
        rng=rng_for(config.action_seed, "spammer"),
        initial_lamports=_SPAMMER_LAMPORTS,
        friends=tuple(victim.key.pubkey() for victim in victims),
    )


def _impostor(config: SimulationConfig, pair: LookalikePair) -> Actor:
    return Actor(
        key=pair.impostor,
        strategy=Impostor(),
        rng=rng_for(config.action_seed, f"impostor/{pair.impostor.pubkey()}"),
        initial_lamports=_SPAMMER_LAMPORTS,
        friends=(pair.whale.pubkey(),),
    )


def _volume_crew(config: SimulationConfig) -> tuple[Actor, ...]:
    seed, count = config.seed, config.volume_wallets
    funder = keypair(seed, "crew/funder")
    members = [keypair(seed, f"crew/{number}") for number in range(count)]
    everyone = [(funder, _FUNDER_LAMPORTS), *((key, _MEMBER_LAMPORTS) for key in members)]
    paid = tuple(key.pubkey() for key in members)
    return tuple(
        Actor(
            key=key,
            strategy=Friend(),
            rng=rng_for(config.action_seed, f"crew/{key.pubkey()}"),
            initial_lamports=initial_lamports,
            friends=paid if key is funder else (funder.pubkey(),),
        )
        for key, initial_lamports in everyone
    )
