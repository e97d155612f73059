"""Who lives on the local chain, and how busily: the one value that a town is built from."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.actors.market.tokens import LAMPORTS


class StrategyName(StrEnum):
    """What a whale does all day."""

    SLICER = "slicer"
    SELLER = "seller"
    HOLDER = "holder"
    TRANSFERRER = "transferrer"
    ROTATOR = "rotator"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlan:
    """A token to be made."""

    symbol: str
    name: str
    uri: str = ""
    decimals: int
    supply: int
    """Whole tokens."""
    pool_lamports: int
    """SOL in the pool on the first day; half of the supply stands against it."""
    is_2022: bool = False
    wrapped: bool = True
    """Whether the pool takes wrapped SOL; plain SOL otherwise."""
    address: str | None = None
    """A fixed address for the mint; None: derived from the seed."""
    quote: bool = False
    """Whether prices are told in it."""
    fee_bps: int = 0
    """Token-2022 transfer fee in hundredths of a per cent."""
    mintable: bool = False
    """Whether somebody keeps the power to make more."""
    freezable: bool = False
    """Whether somebody keeps the power to freeze accounts."""
    seizable: bool = False
    """Whether a permanent delegate may take anybody's tokens (Token-2022)."""
    mutable: bool = True
    """Whether name and symbol may still be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhalePlan:
    """A whale to be born."""

    name: str
    strategy: StrategyName
    sentence: str
    """What it does, for people."""
    stock: tuple[str, ...] = ()
    """Symbols of tokens of which it begins with a hundredth of the supply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How often things happen, in slots; the defaults suit slots of 400 ms."""

    first_within: int = 15
    """Within how many slots each whale acts for the first time."""
    min_interval: int = 25
    """The least time between two acts of a whale: 10 s."""
    max_interval: int = 50
    """The most time between two acts of a whale: 20 s."""
    retail: float = 1.5
    """Transactions of retail in a slot, on average."""
    spam: int = 60
    """Slots between two acts of the spammer; 0: never."""
    volume: int = 7
    """Slots between two steps of the volume bot; 0: never."""


USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
"""The dollar stands at its well-known address: prices in dollars are understood as on mainnet."""

TOKENS = (
    TokenPlan(
        symbol="USDC", name="USD Coin", decimals=6, supply=24_000_000, pool_lamports=60_000 * LAMPORTS,
        address=USDC, quote=True, mintable=True, freezable=True,
    ),
    TokenPlan(
        symbol="MITTEN", name="cat in mittens", uri="https://mitten.example/meta.json", decimals=6,
        supply=1_000_000_000, pool_lamports=20_000 * LAMPORTS, mutable=False,
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
"""A dollar, three plain tokens, one that taxes, one that can be seized, one whose name attacks its reader."""

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
    """Everybody on the local chain. Equal populations on equal slots act alike."""

    seed: int = 1
    tokens: tuple[TokenPlan, ...] = TOKENS
    whales: tuple[WhalePlan, ...] = WHALES
    whale_lamports: int = 1_200 * LAMPORTS
    """What each whale begins with, and is brought back to when it has nearly nothing."""
    failure_rate: float = 0.05
    """How often a whale first tries to sell what it has not, which fails on chain."""
    retail: int = 40
    """Small wallets."""
    retail_lamports: int = 12 * LAMPORTS
    volume_symbol: str = "LEVIATHAN"
    """What the volume bot trades."""
    volume_wallets: int = 8
    """Wallets that the volume bot trades with."""
    timing: Timing = Timing()
    journal: int = 20_000
    """How many deeds of whales are remembered."""
