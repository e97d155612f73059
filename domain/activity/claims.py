"""Programs that pay out what somebody was promised: airdrops and rewards. Pure.

What they bring cost nothing and was no purchase, and is no gift of a stranger either.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.activity.activity import Kind

_JITO = "https://github.com/jito-foundation/distributor (README.md)"
_JUPITER = "https://github.com/jup-ag/distributor (programs/merkle-distributor/src/lib.rs)"
_PORTFOLIO = "https://github.com/sonarwatch/portfolio (packages/plugins/src/plugins: jupiter, drift)"
_SABER = "https://github.com/saber-hq/merkle-distributor (programs/merkle-distributor/src/lib.rs)"
_STREAMFLOW = "https://github.com/streamflow-finance/js-sdk (packages/distributor/solana)"
_METAPLEX = "https://github.com/metaplex-foundation/gumdrop (packages/gumdrop/src/lib.rs)"

CLAIM_PROGRAMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "DiSLRwcSFvtwvMWSs7ubBMvYRaYNYupa76ZSuYLe6D7j": ("Jupiter LFG Claim", _JUPITER),
        "meRjbQXFNf5En86FXT2YPz1dQzLj4Yb3xK8u1MVgqpb": ("Jupiter Airdrop", _PORTFOLIO),
        "Dis2TfkFnXFkrtvAktEkw37sdb7qwJgY6H7YZJwk51wK": ("Jupiter Rewards", _PORTFOLIO),
        "mERKcfxMC5SqJn4Ld4BUris3WKZZ1ojjWJ3A3J5CKxv": ("Jito Claim", _JITO),
        "MErKy6nZVoVAkryxAejJz6juifQ4ArgLgHmaJCQkU7N": ("Streamflow Airdrop", _STREAMFLOW),
        "aMERKpFAWoChCi5oZwPvgsSCoGpZKBiU7fi76bdZjt2": ("Streamflow Aligned Airdrop", _STREAMFLOW),
        "MRKGLMizK9XSTaD1d1jbVkdHZbQVCSnPpYiTw9aKQv8": ("Saber Claim", _SABER),
        "gdrpGjVffourzkdDRrQmySw4aTHr8a3xmQzzxSwFD1a": ("Gumdrop", _METAPLEX),
        "E7HtfkEMhmn9uwL7EFNydcXBWy5WCYN1vFmKKjipEH1x": ("Drift Airdrop", _PORTFOLIO),
    }
)
"""By address: the name, and where the address was published."""
_NAMES = frozenset(name for name, _ in CLAIM_PROGRAMS.values())


def is_claim(kind: Kind, venue: str | None) -> bool:
    """Return whether what came in is an airdrop or a reward, by the program that paid it out."""
    return kind is Kind.TRANSFER_IN and venue in _NAMES
