"""Currencies in which prices are given: what is paid for a token, not the token bought. Pure."""

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.prices import DOLLAR_MINTS

LIQUID_STAKED_SOL = frozenset(
    {
        "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So",  # Marinade mSOL
        "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn",  # JitoSOL
        "bSo13r4TkiE4KumL71LsHTPpL2euBYLFx6h9HP3piy1",  # BlazeStake bSOL
        "7dHbWXmci3dT8UFYWYZweBLXgycu7Y3iL6trKn1Y7ARj",  # Lido stSOL
        "jupSoLaHXQiZZTSfEWMTRRgpnyFm8f6sZdosWBjx93v",  # JupSOL
        "5oVNBeEEQvYi1cX3ir8Dx5n1P7pdxydbGF2X4TxVusJm",  # Sanctum INF
        "BNso1VUJnh4zcfpZa6986Ea66P6TCp59hvtNJ8b1X85",  # Binance bnSOL
        "Bybit2vBJGhPF52GBdNaQfUJ6ZpThSgHBobjWZpLPb4B",  # Bybit bbSOL
    }
)

QUOTE_MINTS = LIQUID_STAKED_SOL | DOLLAR_MINTS | {SOL, WRAPPED_SOL}
"""What counts as a quote currency by default."""


def quote_mints_of(mints: frozenset[str]) -> frozenset[str]:
    """The quote currencies where `mints` are named; SOL always is one. None named: the usual ones."""
    return mints | {SOL, WRAPPED_SOL} if mints else QUOTE_MINTS
