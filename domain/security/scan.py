"""The security scan of a token: all checks over the facts, and the grade. Pure.

What is not known is unknown, never safe: every check says which grade it leaves open, and the worst counts.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from domain.security.checks import (
    Check,
    CheckName,
    Family,
    Grade,
    GradeSummary,
    NotRead,
    Source,
    Verdict,
    worst_grade,
)
from domain.security.control import control_checks
from domain.security.creator import creator_checks
from domain.security.facts import Creation, Holders, Liquidity, NotAMint, TokenFacts
from domain.security.holders import OF_CREATION, TEN, held_by, holder_checks
from domain.security.identity import identity_checks
from domain.security.issuers import LISTED, Issuer, issuer_of
from domain.security.liquidity import dollars_of, liquidity_checks
from domain.security.mints import Metadata, MintFacts
from domain.security.trading import trading_checks
from domain.sentences import Sentence, sentence
from domain.tokens.well_known import pinned


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers and powers that are compared with those of an earlier scan; None: not known then.

    `{"supply": 1000000000000000, "can_mint": false, "can_freeze": false, "fee": null, "top_one": 450,
    "top_ten": 2100, "dollars": 412000, "creator_raw": 0}`.
    """

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
    """Everything one scan found.

    As it is stored: `{"subject": "EKpQ…", "checks": [], "slot": 341220118, "name": "dogwifhat", "symbol":
    "WIF", "issuer": null, "figures": {"fee": null}, "fingerprint": "4f1c", "is_token": true, "extensions":
    []}`.
    """

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

    def why(self, name: CheckName) -> Sentence:
        """Return what the check of this name found; empty if there is none."""
        return next((check.said for check in self.checks if check.name == name), Sentence(""))

    @property
    def powers(self) -> tuple[str, ...]:
        """What somebody can do to every holder, one sentence each."""
        return tuple(
            check.reason
            for check in self.checks
            if check.family is Family.CONTROL and check.verdict in {Verdict.WARN, Verdict.FAIL}
        )


def was_done(check: Check) -> bool:
    """Return whether it is about what somebody did, and not about what they could do."""
    return check.family in _OF_THE_PAST or check.name in {CheckName.SUPPLY, CheckName.LIQUIDITY_WITHDRAWAL}


def with_proven_rugs(scan: Scan, before: Scan) -> Scan:
    """Return the scan with what an earlier one proved that somebody did, where it does not know itself.

    A scan that reads less must not make anybody forget a rug, neither of this token nor of its creator.
    """
    done = {one.name: one for one in before.checks if one.verdict is Verdict.FAIL and was_done(one)}
    checks = (done.get(one.name, one) if one.verdict is Verdict.UNKNOWN else one for one in scan.checks)
    return msgspec.structs.replace(scan, checks=tuple(checks))


_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
_OF_THE_PAST = frozenset({Family.TRADING, Family.CREATOR})
"""Families whose facts lie in old transactions, of which only some pages are read."""


def family_verdict(scan: Scan, family: Family) -> Verdict:
    """The worst finding of a family; unknown when nothing of it was checked.

    An unanswered question counts if it takes something from the grade.
    """
    return _worst_verdict(scan, family, lambda check: check.at_best is Grade.A)


def may_be_answered(scan: Scan, family: Family) -> bool:
    """Return whether the family is unknown for a reason that another check may end.

    Old transactions that are out of reach stay so.
    """
    found = _worst_verdict(scan, family, lambda one: one.at_best is Grade.A or _needs_old_transactions(one))
    return found is Verdict.UNKNOWN


def _worst_verdict(scan: Scan, family: Family, is_no_matter: Callable[[Check], bool]) -> Verdict:
    """The worst of a family, without unanswered questions that are no matter while another is answered."""
    checks = [check for check in scan.checks if check.family is family]
    is_decided = family in _decided_families(checks)
    found = {
        check.verdict
        for check in checks
        if not (is_decided and check.verdict is Verdict.UNKNOWN and is_no_matter(check))
    }
    return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.UNKNOWN)


def _decided_families(checks: Iterable[Check]) -> frozenset[Family]:
    """Those of which something has an answer."""
    return frozenset(check.family for check in checks if check.verdict is not Verdict.UNKNOWN)


def _needs_old_transactions(check: Check) -> bool:
    """Return whether its answer stands in old transactions."""
    return check.family in _OF_THE_PAST or check.name in OF_CREATION


def grade(scan: Scan) -> Grade:
    """A to F, or IC for a token whose issuer has its powers by design.

    Never above C while control or holders is unknown, nor above B while something else is: whoever makes
    transactions enough puts the creation out of reach. Exempt is what no scan reads, what a first check has
    nothing to compare with, and the past of well-known tokens. A bridge wraps whatever it is given: its power
    to mint is by design, and nothing else that is wrong with the token.
    """
    if not scan.is_token:
        return Grade.F
    if scan.issuer is not None and (scan.subject in LISTED or not _is_proven_bad(scan)):
        return Grade.IC
    missing = (Grade.C for family in (Family.CONTROL, Family.HOLDERS) if not _is_looked_at(scan, family))
    return worst_grade((*(check.at_best for check in scan.checks), *missing))


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
    """Return whether it pretends to be another token: no issuer's powers excuse that.

    Nor does a bridge excuse that few hold what it wrapped, that it can hardly be sold, or that holders were
    robbed: only the control of the mint is the bridge's.
    """
    is_bridged = scan.issuer is not None and scan.issuer.wraps
    return any(
        (check.family is Family.IDENTITY and check.at_best is Grade.F)
        or (is_bridged and check.verdict is Verdict.FAIL and check.family is not Family.CONTROL)
        for check in scan.checks
    )


def _is_looked_at(scan: Scan, family: Family) -> bool:
    return any(check.family is family for check in scan.checks)


def scan_token(facts: TokenFacts) -> Scan:
    """Every check over what was gathered."""
    mint = facts.mint if isinstance(facts.mint, MintFacts) else None
    metadata = facts.metadata if isinstance(facts.metadata, Metadata) else None
    return Scan(
        subject=facts.subject,
        checks=_without_known_history(facts, _all_checks(facts)),
        slot=facts.mint_source.slot,
        name=metadata.name if metadata else None,
        symbol=metadata.symbol if metadata else None,
        issuer=issuer_of(facts),
        figures=_figures(facts),
        fingerprint=fingerprint(mint) if mint else "",
        is_token=not isinstance(facts.mint, NotAMint),
        extensions=mint.extensions if mint else (),
    )


def _all_checks(facts: TokenFacts) -> tuple[Check, ...]:
    supply = facts.mint.supply if isinstance(facts.mint, MintFacts) else None
    return (
        *control_checks(facts),
        *identity_checks(facts),
        *holder_checks(facts),
        *liquidity_checks(facts),
        *trading_checks(facts.market, supply=supply, source=facts.market_source),
        *creator_checks(facts),
    )


def _without_known_history(facts: TokenFacts, checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks; where an issuer or a pin stands behind the token, its old transactions are no matter."""
    if pinned(facts.chain, facts.subject) is None and issuer_of(facts) is None:
        return tuple(checks)
    decided = _decided_families(checks)
    return tuple(
        msgspec.structs.replace(check, at_best=Grade.A)
        if check.verdict is Verdict.UNKNOWN and check.family in decided and _needs_old_transactions(check)
        else check
        for check in checks
    )


def fingerprint(mint: MintFacts) -> str:
    """Return what stays the same while nobody changes the mint, but for its supply."""
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
    """Return what the mint account alone shows of a token; whatever else could be known of it is unknown."""
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
    """Return what is known of its name, from wherever it was read."""
    if mint.name is None and mint.symbol is None:
        return NotRead(reason=sentence("its metadata was not read"))
    return Metadata(name=mint.name, symbol=mint.symbol, uri=None, update_authority=None, is_mutable=True)
