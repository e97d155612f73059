"""The security scan of a token: all checks over the facts, and the grade. Pure.

What is not known is unknown, never safe: every check says which grade it leaves open, and the worst counts.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from domain.security.checks import Check, Family, Grade, GradeSummary, NotRead, Source, Verdict, worst_grade
from domain.security.control import control_checks
from domain.security.creator import creator_checks
from domain.security.facts import Creation, Holders, Liquidity, NotAMint, TokenFacts
from domain.security.holders import TEN, held_by, holder_checks
from domain.security.identity import identity_checks
from domain.security.issuers import LISTED, Issuer, issuer_of
from domain.security.liquidity import dollars_of, liquidity_checks
from domain.security.mints import Metadata, MintFacts
from domain.security.trading import trading_checks


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers and powers that are compared with those of an earlier scan; None: not known then."""

    supply: int | None = None
    """In the token's smallest unit."""
    can_mint: bool | None = None
    can_freeze: bool | None = None
    fee: int | None = None
    """The transfer fee, in hundredths of a per cent."""
    top_one: int | None = None
    """What the largest holder has, in hundredths of a per cent of the supply."""
    top_ten: int | None = None
    dollars: int | None = None
    """Liquidity in all pools."""
    creator_raw: int | None = None


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one scan found."""

    subject: str
    checks: tuple[Check, ...]
    slot: int | None
    """The chain's slot at the reading of the mint."""
    name: str | None = None
    symbol: str | None = None
    issuer: Issuer | None = None
    """Who has power over it by design."""
    figures: Figures = Figures()
    fingerprint: str = ""
    """Changes when the mint does, but for its supply; empty: the mint was not read."""
    is_token: bool = True
    """False: what is at the address is no mint."""
    extensions: tuple[str, ...] = ()

    @property
    def decided(self) -> int:
        """How many checks have an answer."""
        return sum(check.verdict is not Verdict.UNKNOWN for check in self.checks)

    def reason_of(self, name: str) -> str:
        """What the check of this name found; empty if there is none."""
        return next((check.reason for check in self.checks if check.name == name), "")

    @property
    def powers(self) -> tuple[str, ...]:
        """What somebody can do to every holder, one sentence each."""
        return tuple(
            check.reason
            for check in self.checks
            if check.family is Family.CONTROL and check.verdict in {Verdict.WARN, Verdict.FAIL}
        )


def was_done(check: Check) -> bool:
    """Whether it is about what somebody did, and not about what they could do."""
    return check.family in _LOOSE or check.name in {"supply", "liquidity withdrawal"}


_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
_LOOSE = frozenset({Family.TRADING, Family.CREATOR})
"""Families in which one unanswered question is no matter while another is answered: their facts lie in old
transactions, of which only some pages are read."""


def family_verdict(scan: Scan, family: Family) -> Verdict:
    """The worst finding of a family; unknown when nothing of it was looked at.

    In a family whose facts lie far back an unanswered question counts only if all are.
    """
    checks = [check for check in scan.checks if check.family is family]
    is_decided = any(check.verdict is not Verdict.UNKNOWN for check in checks)
    is_loose = family in _LOOSE and is_decided
    found = {
        check.verdict for check in checks if not (is_decided and _is_no_matter(check, is_loose=is_loose))
    }
    return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.UNKNOWN)


def _is_no_matter(check: Check, *, is_loose: bool) -> bool:
    """Whether it is unknown, and that takes nothing from the grade."""
    return check.verdict is Verdict.UNKNOWN and (is_loose or check.at_best is Grade.A)


def grade(scan: Scan) -> Grade:
    """A to F, or IC for a token whose issuer has its powers by design.

    Never above C while control or holders is unknown, nor above B while something else is. A bridge wraps
    whatever it is given, so an imitation that it wrapped is an imitation.
    """
    if not scan.is_token:
        return Grade.F
    if scan.issuer is not None and (scan.subject in LISTED or not _is_proven_bad(scan)):
        return Grade.IC
    missing = (Grade.C for family in (Family.CONTROL, Family.HOLDERS) if not _is_looked_at(scan, family))
    return worst_grade((*_limits(scan), *missing))


def summary(scan: Scan) -> GradeSummary:
    """The scan in one line."""
    return GradeSummary(
        grade=grade(scan),
        decided=scan.decided,
        of=len(scan.checks),
        control=family_verdict(scan, Family.CONTROL),
        holders=family_verdict(scan, Family.HOLDERS),
        liquidity=family_verdict(scan, Family.LIQUIDITY),
    )


def _is_proven_bad(scan: Scan) -> bool:
    """Whether it pretends to be another token: no issuer's powers excuse that."""
    return any(check.family is Family.IDENTITY and check.at_best is Grade.F for check in scan.checks)


def _is_looked_at(scan: Scan, family: Family) -> bool:
    return any(check.family is family for check in scan.checks)


def _limits(scan: Scan) -> Iterable[Grade]:
    for check in scan.checks:
        is_unknown = check.verdict is Verdict.UNKNOWN
        if not (is_unknown and check.family in _LOOSE and _is_decided(scan, check.family)):
            yield check.at_best


def _is_decided(scan: Scan, family: Family) -> bool:
    return family_verdict(scan, family) is not Verdict.UNKNOWN


def scan_token(facts: TokenFacts) -> Scan:
    """Every check over what was gathered."""
    mint = facts.mint if isinstance(facts.mint, MintFacts) else None
    metadata = facts.metadata if isinstance(facts.metadata, Metadata) else None
    return Scan(
        subject=facts.subject,
        checks=(
            *control_checks(facts),
            *identity_checks(facts),
            *holder_checks(facts),
            *liquidity_checks(facts),
            *trading_checks(facts.market, supply=mint.supply if mint else None, source=facts.market_source),
            *creator_checks(facts),
        ),
        slot=facts.mint_source.slot,
        name=metadata.name if metadata else None,
        symbol=metadata.symbol if metadata else None,
        issuer=issuer_of(facts),
        figures=_figures(facts),
        fingerprint=fingerprint(mint) if mint else "",
        is_token=not isinstance(facts.mint, NotAMint),
        extensions=mint.extensions if mint else (),
    )


def fingerprint(mint: MintFacts) -> str:
    """What stays the same while nobody changes the mint, but for its supply."""
    unchanging = msgspec.structs.replace(mint, supply=0, slot=None)
    return hashlib.sha256(repr(unchanging).encode(errors="surrogatepass")).hexdigest()[:32]


def _figures(facts: TokenFacts) -> Figures:
    mint = facts.mint if isinstance(facts.mint, MintFacts) else None
    holders = facts.holders if isinstance(facts.holders, Holders) and facts.holders.top else None
    liquidity = facts.liquidity if isinstance(facts.liquidity, Liquidity) else None
    dollars = dollars_of(liquidity) if liquidity else None
    return Figures(
        supply=mint.supply if mint else None,
        can_mint=mint.mint_authority is not None if mint else None,
        can_freeze=mint.freeze_authority is not None if mint else None,
        fee=(mint.transfer_fee.basis_points if mint.transfer_fee else 0) if mint else None,
        top_one=_basis_points(holders, 1),
        top_ten=_basis_points(holders, TEN),
        dollars=None if dollars is None else int(dollars),
        creator_raw=facts.creation.creator_raw if isinstance(facts.creation, Creation) else None,
    )


def _basis_points(holders: Holders | None, number: int) -> int | None:
    return None if holders is None else int(held_by(holders, number) * 10_000)


def scan_mint(mint: MintFacts, *, chain: str = "solana") -> Scan:
    """What the mint account alone shows of a token; whatever else could be known of it is unknown."""
    return scan_token(
        TokenFacts(
            subject=mint.address,
            chain=chain,
            mint=mint,
            mint_source=Source(name="mint account", slot=mint.slot),
            metadata=mint.metadata or _called(mint),
        )
    )


def _called(mint: MintFacts) -> Metadata | NotRead:
    """What is known of its name, from wherever it was read."""
    if mint.name is None and mint.symbol is None:
        return NotRead(reason="its metadata was not read")
    return Metadata(name=mint.name, symbol=mint.symbol, uri=None, update_authority=None, is_mutable=True)
