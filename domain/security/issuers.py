"""Tokens whose issuer has power over them by design, by list, and those that a program mints. Pure.

A symbol proves nothing: the list goes by mint, and a program counts only where the mint obeys it in fact.
"""

import msgspec

from domain.security.facts import TokenFacts
from domain.security.mints import Minter, MinterKind, MintFacts
from domain.sentences import Sentence, sentence


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands behind a token."""

    name: str
    kind: Sentence
    """What it issues: `stablecoin`, `wrapped asset`, `tokenized asset`, `liquid-staking token`."""
    source: Sentence
    """Where it says so, or from what it is derived."""
    wraps: bool = False
    """Whether it is a bridge: it issues what stands for something that lies elsewhere, whatever that is."""


def _listed(kind: Sentence, name: str, source: Sentence, *mints: str) -> dict[str, Issuer]:
    return dict.fromkeys(mints, Issuer(name=name, kind=kind, source=source, wraps=kind is _WRAPPED))


_STABLE, _WRAPPED, _TOKENIZED, _STAKED = (
    sentence("stablecoin"),
    sentence("wrapped asset"),
    sentence("tokenized asset"),
    sentence("liquid-staking token"),
)
_JUPITER = sentence("Jupiter's list of validated tokens, April 2025")
_TOKEN_PROGRAM = sentence("the token program").text
_CHAINS = frozenset({"solana", "sandbox"})
"""Chains on which these mints are what the list says."""
LISTED: dict[str, Issuer] = {
    **_listed(
        _STABLE, "Circle", sentence("Circle's own pages"), "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
    ),
    **_listed(
        _STABLE, "Circle", sentence("Circle's own pages"), "HzwqbKZw8HxMN6bF2yFZNrht3c2iXXzpKcFu7uBEDKtr"
    ),
    **_listed(
        _STABLE, "Tether", sentence("Tether's own pages"), "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB"
    ),
    **_listed(
        _STABLE,
        "Paxos for PayPal",
        sentence("the own pages of Paxos"),
        "2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo",
    ),
    **_listed(
        _STABLE,
        "Paxos",
        sentence("the own pages of Paxos"),
        "2u1tszSeqZ3qBWF3uNGPFc8TzMk2tdiwknnRMWGWjGWH",
        "HVbpJAQGNpkgBaYBZQBR1t7yFdvaYVp2vCQQfKKEN4tM",
    ),
    **_listed(_STABLE, "Sky", sentence("Sky's own pages"), "USDSwr9ApdHk5bvJKMjzff41FfuX8bSxdKcR81vTwcA"),
    **_listed(
        _STABLE,
        "World Liberty Financial",
        sentence("its own pages"),
        "USD1ttGY1N17NEEHLmELoaybftRBUSErhqYiQzvEmuB",
    ),
    **_listed(_STABLE, "Ondo", _JUPITER, "A1KLoBrKBde8Ty9qtNQUtq3C2ortoC3u7twggz7sEto6"),
    **_listed(_STABLE, "Membrane Finance", _JUPITER, "2VhjJ9WxaGC3EZFwJG9BDUs9KxKCAjQY4vgd1qxgYWVg"),
    **_listed(_STABLE, "VNX", _JUPITER, "C4Kkr9NZU3VbyedcgutU6LKmi6MKz81sx6gRmk5pX519"),
    **_listed(_STABLE, "Hubble", _JUPITER, "USDH1SM1ojwWUga67PGrgFWUHibbjqMvuMaDkRJTgkX"),
    **_listed(
        _WRAPPED, "Coinbase", sentence("Coinbase's own pages"), "cbbtcf3aa214zXHbiAZQwf4122FBYbraNdFqgw4iMij"
    ),
    **_listed(_WRAPPED, "21.co", _JUPITER, "21BTCo9hWHjGYYUQQLqjLgDBxjcn8vDt4Zic7TB3UbNE"),
    **_listed(_WRAPPED, "Threshold", _JUPITER, "6DNSN2BJsaPFdFFc1zP37kkeNe4Usc1Sqkzr9C9vPWcU"),
    **_listed(
        _WRAPPED,
        "Wormhole",
        _JUPITER,
        "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs",  # ETH
        "3NZ9JMVBmGAqocybic2c7LQCJScmgsAZ6vQqTDzcqmJh",  # WBTC
    ),
    **_listed(
        _WRAPPED,
        _TOKEN_PROGRAM,
        sentence("its native mint: a token for each lamport that lies there"),
        "So11111111111111111111111111111111111111112",
    ),
    **_listed(
        _TOKENIZED,
        "Backed",
        sentence("Backed's own list of assets"),
        "XsbEhLAtcf6HdfpFZ5xEMdqW8nfAvcsP5bdudRLJzJp",  # AAPLx
        "Xsc9qvGR1efVDFGLrVsmkzv3qi45LTBjeUKSPmx9qEh",  # NVDAx
        "XsDoVfqeBukxuZHWhdvWHBhgEHjGNst4MLodqsJHzoB",  # TSLAx
        "XsoCS1TfEyfFhfvj8EtZ528L3CaKBDBRqRapnBbDF2W",  # SPYx
    ),
}
"""By mint. Source of the addresses: the issuer's own pages, or the list that is named."""


def issuer_of(facts: TokenFacts) -> Issuer | None:
    """Return who has power over this token by design; None: nobody who is known."""
    if facts.chain in _CHAINS and facts.subject in LISTED:
        return LISTED[facts.subject]
    if (
        isinstance(facts.mint, MintFacts)
        and facts.minter is not None
        and is_minted_by(facts.mint, facts.minter)
    ):
        kind = _STAKED if facts.minter.kind is MinterKind.STAKE_POOL else _WRAPPED
        return Issuer(
            name=facts.minter.name,
            kind=kind,
            source=sentence("derived from {account}", account=facts.minter.account),
            wraps=kind is _WRAPPED,
        )
    return None


def is_minted_by(mint: MintFacts, minter: Minter) -> bool:
    """Return whether this program alone can mint the token."""
    return mint.mint_authority == minter.authority
