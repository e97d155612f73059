"""Settings of a simulation: tokens, whales, other actors, and how often they act."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.actors.market.tokens import LAMPORTS


class StrategyName(StrEnum):
    """The strategies of whales."""

    SLICER = "slicer"
    SELLER = "seller"
    HOLDER = "holder"
    TRANSFERRER = "transferrer"
    ROTATOR = "rotator"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlan:
    """A token to create."""

    symbol: str
    name: str
    uri: str = ""
    decimals: int
    supply: int
    """Whole tokens."""
    pool_lamports: int
    """The SOL in its pool at the start, against half of the supply."""
    is_2022: bool = False
    wrapped: bool = True
    """Whether the pool takes wrapped SOL; plain SOL otherwise."""
    address: str | None = None
    """A fixed address for the mint; None: derived from the seed."""
    quote: bool = False
    """Whether prices are quoted in it."""
    fee_bps: int = 0
    """Token-2022 transfer fee in hundredths of a per cent."""
    mintable: bool = False
    """Whether somebody keeps the authority to mint."""
    freezable: bool = False
    """Whether somebody keeps the authority to freeze accounts."""
    seizable: bool = False
    """Whether it has a permanent delegate, who may take anybody's tokens (Token-2022)."""
    mutable: bool = True
    """Whether name and symbol may still be changed."""
    burned: bool = False
    """Whether what nobody got at the start lies at the burn address; else its maker keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhalePlan:
    """A whale to create."""

    name: str
    strategy: StrategyName
    sentence: str
    """A description for people."""
    stock: tuple[str, ...] = ()
    """The symbols of tokens of which it owns a hundredth of the supply at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How often actors act, in slots: with shorter slots, more often."""

    first_within: int = 15
    """Each whale acts for the first time within so many slots."""
    min_interval: int = 25
    """The shortest time between two actions of a whale."""
    max_interval: int = 50
    """The longest time between two actions of a whale."""
    retail: float = 1.5
    """Transactions of retail in a slot, on average."""
    spam: int = 60
    """Slots between two actions of the spammers; 0: they never act."""
    volume: int = 7
    """Slots between two steps of the volume bot; 0: it never acts."""
    slows_after: int = 0
    """From so many slots on whales, their friends and spammers act `slowness` times more rarely; 0: never."""
    slowness: int = 14
    """So that in an hour no whale is a busy wallet, and who follows all of them gets each alert at once."""


USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
"""The dollar has its mainnet address, so that the product knows it as a quote mint."""

TOKENS = (
    TokenPlan(
        symbol="USDC", name="USD Coin", decimals=6, supply=24_000_000, pool_lamports=60_000 * LAMPORTS,
        address=USDC, quote=True, mintable=True, freezable=True,
    ),
    TokenPlan(
        symbol="MITTEN", name="cat in mittens", uri="https://mitten.example/meta.json", decimals=6,
        supply=1_000_000_000, pool_lamports=20_000 * LAMPORTS, mutable=False, burned=True,
    ),
    TokenPlan(
        symbol="KRILL", name="Krill Republic", uri="https://krill.example/meta.json", decimals=5,
        supply=80_000_000_000, pool_lamports=30_000 * LAMPORTS, wrapped=False,
    ),
    TokenPlan(
        symbol="ANCHOR", name="Anchor Protocol Share", uri="https://anchor.example/meta.json", decimals=9,
        supply=10_000_000, pool_lamports=45_000 * LAMPORTS, mintable=True,
    ),
    TokenPlan(
        symbol="TITHE", name="One Per Cent", uri="https://tithe.example/meta.json", decimals=6,
        supply=500_000_000, pool_lamports=15_000 * LAMPORTS, is_2022=True, fee_bps=100,
    ),
    TokenPlan(
        symbol="LEVIATHAN", name="Leviathan", uri="https://leviathan.example/meta.json", decimals=9,
        supply=100_000_000, pool_lamports=10_000 * LAMPORTS, is_2022=True, wrapped=False,
        mintable=True, freezable=True, seizable=True,
    ),
    TokenPlan(
        symbol="US\u200bDC",
        name='<b>Free</b> \u202eCDSU <a href="https://claim.example">claim now</a>\u0000',
        uri="javascript:alert(1)", decimals=0, supply=1_000_000_000, pool_lamports=50 * LAMPORTS,
        is_2022=True, mintable=True,
    ),
)  # fmt: skip
"""A dollar, three plain tokens, and one each with a transfer fee, a permanent delegate and a hostile name."""

WHALES = (
    WhalePlan(
        name="Ahab",
        strategy=StrategyName.SLICER,
        sentence="buys one token in equal slices, then sells it whole",
    ),
    WhalePlan(
        name="Bela",
        strategy=StrategyName.SELLER,
        sentence="sells a large bag part by part",
        stock=("MITTEN",),
    ),
    WhalePlan(
        name="Cora",
        strategy=StrategyName.HOLDER,
        sentence="gathers a token, waits, then leaves it altogether",
    ),
    WhalePlan(
        name="Dory",
        strategy=StrategyName.TRANSFERRER,
        sentence="sends SOL and tokens to a few friends",
        stock=("KRILL", "LEVIATHAN"),
    ),
    WhalePlan(name="Enki", strategy=StrategyName.ROTATOR, sentence="changes one token for another"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationConfig:
    """A simulation. Equal settings on equal slots bring equal transactions."""

    seed: int = 1
    """Who lives on the chain, and with `run` what they do."""
    run: int = 0
    """Other runs bring other trades of the same actors; 0: always the same."""
    tokens: tuple[TokenPlan, ...] = TOKENS
    whales: tuple[WhalePlan, ...] = WHALES
    whale_lamports: int = 1_200 * LAMPORTS
    """What each whale begins with, and is refilled to when it has nearly nothing."""
    failure_rate: float = 0.05
    """The probability that a whale first tries to sell more than it owns, which fails on chain."""
    retail: int = 40
    """The number of small wallets."""
    retail_lamports: int = 12 * LAMPORTS
    volume_symbol: str = "LEVIATHAN"
    """The symbol of the token that the volume bot trades."""
    volume_wallets: int = 8
    """The number of wallets that the volume bot trades with."""
    timing: Timing = Timing()
    journal: int = 20_000
    """How many operations of whales the journal keeps."""

    @property
    def action_seed(self) -> str:
        """The root of all that actors decide: seed and run; of run 0 the seed alone."""
        return f"{self.seed}.{self.run}" if self.run else str(self.seed)
