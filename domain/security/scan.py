"""The security scan's verdicts and grade. Pure. What is not known is unknown, never safe."""

from enum import StrEnum

import msgspec

from domain.security.mints import MintFacts


class Verdict(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Family(StrEnum):
    """What a check is about. In a family the worst finding counts."""

    CONTROL = "control"
    IDENTITY = "identity"
    HOLDERS = "holders"
    LIQUIDITY = "liquidity"
    TRADING = "trading"
    CREATOR = "creator"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One question about a token, with its answer and reason."""

    name: str
    family: Family
    verdict: Verdict
    reason: str
    """A sentence for the reader, without foreign text but addresses."""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one scan found."""

    subject: str
    checks: tuple[Check, ...]
    slot: int | None
    """The chain's slot at the reading."""
    name: str | None = None
    symbol: str | None = None

    @property
    def decided(self) -> int:
        """How many checks have an answer."""
        return sum(check.verdict is not Verdict.UNKNOWN for check in self.checks)


_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
ISSUER_CONTROLLED = frozenset(
    {
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",  # USDC, Circle
        "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB",  # USDT, Tether
        "2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo",  # PYUSD, PayPal
    }
)
"""Tokens whose issuer has these powers by design: graded IC, with the powers spelled out."""
_NEEDED_FOR_MORE_THAN_C = (Family.CONTROL, Family.HOLDERS)


def family_verdict(scan: Scan, family: Family) -> Verdict:
    """The worst finding of a family; unknown when nothing of it was looked at."""
    found = {check.verdict for check in scan.checks if check.family is family}
    return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.UNKNOWN)


def grade(scan: Scan) -> str:
    """A to F, or IC. F and D from failures; never above C while control or holders is unknown."""
    if scan.subject in ISSUER_CONTROLLED:
        return "IC"
    verdicts = {family: family_verdict(scan, family) for family in Family}
    failures = sum(verdict is Verdict.FAIL for verdict in verdicts.values())
    if verdicts[Family.CONTROL] is Verdict.FAIL or failures > 1:
        return "F"
    if failures:
        return "D"
    if any(verdicts[family] is Verdict.UNKNOWN for family in _NEEDED_FOR_MORE_THAN_C):
        return "C"
    return "B" if set(verdicts.values()) - {Verdict.PASS} else "A"


UNREAD = (Family.IDENTITY, Family.HOLDERS, Family.LIQUIDITY, Family.TRADING, Family.CREATOR)
"""Families that this version does not look at: each stands in the scan as one unknown."""


def scan_mint(facts: MintFacts) -> Scan:
    """What the mint account alone shows of a token; the other families are unknown."""
    return Scan(
        subject=facts.address,
        checks=(*control_checks(facts), *(_unread(family) for family in UNREAD)),
        slot=facts.slot,
        name=facts.name,
        symbol=facts.symbol,
    )


def control_checks(facts: MintFacts) -> tuple[Check, ...]:
    """Who could do what to every holder."""
    return (
        _power("mint authority", facts.mint_authority, "can make more tokens at will"),
        _power("freeze authority", facts.freeze_authority, "can freeze any holder's tokens"),
        _power("permanent delegate", facts.permanent_delegate, "can take or burn anybody's tokens"),
        _transfer_fee(facts),
        _transfer_hook(facts),
        _pausable(facts),
        _trait("default state", facts.default_frozen, "New accounts begin frozen: buyers cannot sell."),
        _trait("transferable", facts.non_transferable, "The token cannot be transferred, so not sold."),
        _warning("confidential amounts", facts.confidential, "Amounts may be hidden from view."),
        _warning("scaled amounts", facts.rescaled, "Shown amounts differ from what is held."),
        _power(
            "close authority", facts.close_authority, "can close the mint when none is left", Verdict.WARN
        ),
        _extensions(facts),
    )


def _check(name: str, verdict: Verdict, reason: str) -> Check:
    return Check(name=name, family=Family.CONTROL, verdict=verdict, reason=reason)


def _power(name: str, holder: str | None, power: str, bad: Verdict = Verdict.FAIL) -> Check:
    if holder is None:
        return _check(name, Verdict.PASS, f"No {name}: nobody {power}.")
    return _check(name, bad, f"{holder} {power}.")


def _trait(name: str, bad: bool, reason: str) -> Check:  # noqa: FBT001 - a fact, not a switch
    return _check(name, Verdict.FAIL, reason) if bad else _check(name, Verdict.PASS, "As usual.")


def _warning(name: str, bad: bool, reason: str) -> Check:  # noqa: FBT001 - the same
    return _check(name, Verdict.WARN, reason) if bad else _check(name, Verdict.PASS, "As usual.")


def _transfer_fee(facts: MintFacts) -> Check:
    fee = facts.transfer_fee
    if fee is None or (fee.basis_points == 0 and fee.authority is None):
        return _check("transfer fee", Verdict.PASS, "No fee is taken at transfers.")
    percent = f"{fee.basis_points / 100:g} %"
    if fee.authority is not None:
        return _check(
            "transfer fee", Verdict.FAIL, f"{percent} fee on each transfer; {fee.authority} can raise it."
        )
    return _check("transfer fee", Verdict.WARN, f"{percent} fee on each transfer; nobody can raise it.")


def _transfer_hook(facts: MintFacts) -> Check:
    hook = facts.transfer_hook
    if hook is None or (hook.program is None and hook.authority is None):
        return _check("transfer hook", Verdict.PASS, "No program is asked at transfers.")
    if hook.program is None:
        return _check(
            "transfer hook", Verdict.WARN, f"{hook.authority} can set a program that refuses sales."
        )
    return _check("transfer hook", Verdict.FAIL, f"Program {hook.program} may refuse any transfer.")


def _pausable(facts: MintFacts) -> Check:
    state = facts.pausable
    if state is None or (state.authority is None and not state.paused):
        return _check("pause", Verdict.PASS, "Nobody can stop all transfers.")
    now = "Transfers are stopped now" if state.paused else "All transfers can be stopped"
    return _check("pause", Verdict.FAIL, f"{now}; by {state.authority or 'nobody any more'}.")


def _extensions(facts: MintFacts) -> Check:
    if not facts.unknown_extensions:
        return _check("extensions", Verdict.PASS, "Every extension of the mint is known.")
    numbers = ", ".join(map(str, facts.unknown_extensions))
    return _check(
        "extensions", Verdict.UNKNOWN, f"The mint has extensions this version does not know: {numbers}."
    )


def _unread(family: Family) -> Check:
    return Check(name=family.value, family=family, verdict=Verdict.UNKNOWN, reason="Not looked at yet.")
