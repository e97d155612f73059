"""Tokens that people know by symbol, pinned to their mints: another mint with that symbol is a fake. Pure."""

from dataclasses import dataclass

from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL

PINNED_CHAINS = frozenset({"solana", "sandbox"})
"""Chains on which the mints below are what they are pinned as; the sandbox mirrors Solana's."""
NATIVE_SYMBOLS = {"x1": "XNT"}
"""What a chain's own coin is called where it is not SOL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A well-known token."""

    symbol: str
    decimals: int


def _pins(decimals: int, **mints: str) -> dict[str, Pinned]:
    return {mint: Pinned(symbol=symbol, decimals=decimals) for symbol, mint in mints.items()}


# Sources: Jupiter's list of validated tokens as of April 2025; what is younger or not on it, by its issuer.
PINNED: dict[str, Pinned] = {
    SOL: Pinned(symbol="SOL", decimals=SOL_DECIMALS),
    WRAPPED_SOL: Pinned(symbol="SOL", decimals=SOL_DECIMALS),
    **_pins(
        5,
        BONK="DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263",
    ),
    **_pins(
        6,
        USDC="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        USDT="Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB",
        PYUSD="2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo",
        USDS="USDSwr9ApdHk5bvJKMjzff41FfuX8bSxdKcR81vTwcA",  # its issuer: Sky
        USDG="2u1tszSeqZ3qBWF3uNGPFc8TzMk2tdiwknnRMWGWjGWH",  # its issuer: Paxos
        USDP="HVbpJAQGNpkgBaYBZQBR1t7yFdvaYVp2vCQQfKKEN4tM",
        EURC="HzwqbKZw8HxMN6bF2yFZNrht3c2iXXzpKcFu7uBEDKtr",
        USD1="USD1ttGY1N17NEEHLmELoaybftRBUSErhqYiQzvEmuB",  # its issuer: World Liberty Financial
        JLP="27G8MtK7VtTcCHkpASjSDdkWWYfoqT6ggEuKidVJidD4",
        JUP="JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN",
        WIF="EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm",
        RAY="4k3Dyjzvzp8eMZWUXbBCjEvwSkkk59S5iCNLY3QrkX6R",
        ORCA="orcaEKTdK7LKz57vaAYr9QeNsVEPfiu6QeMU1kektZE",
        PYTH="HZ1JovNiVvGrGNiiYvEozEVgZ58xaU3RKwX8eACQBCt3",
        TRUMP="6p6xgHyF7AeE6TZkSmFsko444wqoP15icUSqi2jfGiPN",  # its issuer: gettrumpmemes
        PENGU="2zMMhcVQEXDtdE6vsFS7S7D5oUodfJHE8vd1gnBouauv",  # its issuer: Pudgy Penguins
        PUMP="pumpCmXqMfrsAkQ5r49WcJnRayYRqmXz6ae8H7H9Dfn",  # its issuer: Pump.fun
    ),
    **_pins(
        8,
        cbBTC="cbbtcf3aa214zXHbiAZQwf4122FBYbraNdFqgw4iMij",  # its issuer: Coinbase
        RENDER="rndrizKT3MK1iimdxRdWabcF7Zg7AR5T4nud4EkHBof",
        HNT="hntyVP6YFm1Hg25TN9WGLqM12b8TQmcknKrdu1oxWux",
    ),
    **_pins(
        9,
        JitoSOL="J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn",
        mSOL="mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So",
        bSOL="bSo13r4TkiE4KumL71LsHTPpL2euBYLFx6h9HP3piy1",
        jupSOL="jupSoLaHXQiZZTSfEWMTRRgpnyFm8f6sZdosWBjx93v",
        INF="5oVNBeEEQvYi1cX3ir8Dx5n1P7pdxydbGF2X4TxVusJm",  # Sanctum's list, as the next two
        BNSOL="BNso1VUJnh4zcfpZa6986Ea66P6TCp59hvtNJ8b1X85",
        bbSOL="Bybit2vBJGhPF52GBdNaQfUJ6ZpThSgHBobjWZpLPb4B",
        JTO="jtojtomepa8beP8AuQc6eXt5FriJwfFMwQx2v2f9mCL",
        POPCAT="7GCihgDB8fe6KNjn2MYtkzZcRjQy3t9GHdC8uHYmW2hr",
    ),
}

NAMES = {
    "USD Coin": "USDC",
    "Tether USD": "USDT",
    "PayPal USD": "PYUSD",
    "dogwifhat": "WIF",
    "Jito Staked SOL": "JitoSOL",
    "Marinade staked SOL": "mSOL",
    "Pudgy Penguins": "PENGU",
    "Pyth Network": "PYTH",
    "Coinbase Wrapped BTC": "cbBTC",
}
"""What well-known tokens call themselves in full, by which nothing else is known, and the symbol of each."""


def mint_of(chain: str, symbol: str) -> str | None:
    """The mint that is pinned under that symbol, in letters large or small; None: none is."""
    wanted = symbol.casefold()
    if wanted == NATIVE_SYMBOLS.get(chain, "SOL").casefold():
        return SOL
    if chain not in PINNED_CHAINS:
        return None
    return next((mint for mint, token in PINNED.items() if token.symbol.casefold() == wanted), None)


def pinned(chain: str, mint: str) -> Pinned | None:
    """The well-known token at this mint, if it is one."""
    if mint in {SOL, WRAPPED_SOL}:
        return Pinned(symbol=NATIVE_SYMBOLS.get(chain, "SOL"), decimals=SOL_DECIMALS)
    return PINNED.get(mint) if chain in PINNED_CHAINS else None
