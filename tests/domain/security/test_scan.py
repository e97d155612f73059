"""Grades: unknown is never safe, a power is never harmless, and a clean token is not refused its A."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest

from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Verdict
from domain.security.facts import EarlierScans, Holder, Holders, Liquidity, NotAMint, OwnerKind, TokenFacts
from domain.security.issuers import LISTED
from domain.security.market import Market
from domain.security.mints import Metadata, Pausable, TransferFee, TransferHook
from domain.security.scan import (
    Scan,
    family_verdict,
    fingerprint,
    grade,
    may_be_answered,
    scan_mint,
    scan_token,
    summary,
    was_done,
    with_proven_rugs,
)
from domain.sentences import sentence
from domain.tokens.well_known import PINNED
from tests.domain.security.tokens import (
    BRIDGE,
    CLEAN,
    KNOWN,
    PAIR,
    POOL,
    SOURCE,
    SUPPLY,
    TRADED,
    of_mint,
    scanned,
)


def test_a_clean_token_that_is_known_gets_a_b_and_an_a_once_its_trades_are_known() -> None:
    assert grade(scanned()) is Grade.B
    assert grade(scanned(market=TRADED)) is Grade.A


PINNED_MINT = next(mint for mint in PINNED if mint not in LISTED)
UNREACHED = {"creator": None, "creator_raw": None, "creator_received": None, "insider_raw": None}
"""What is unknown of a creation that lies beyond the pages that are read."""
OUT_OF_REACH = {
    "creation": msgspec.structs.replace(KNOWN.creation, **UNREACHED),
    "market": msgspec.structs.replace(TRADED, first_slot=None),
}


@pytest.mark.parametrize("field", UNREACHED)
def test_while_anything_of_the_creation_is_unknown_no_grade_is_above_b(field: str) -> None:
    creation = msgspec.structs.replace(KNOWN.creation, **{field: None})
    assert grade(scanned(market=TRADED, creation=creation)) is Grade.B


@pytest.mark.parametrize("market", [OUT_OF_REACH["market"], msgspec.structs.replace(TRADED, payments=())])
def test_while_anything_of_the_trades_is_unknown_no_grade_is_above_b(market: Market) -> None:
    scan = scanned(market=market)
    assert grade(scan) is Grade.B
    assert family_verdict(scan, Family.TRADING) is Verdict.UNKNOWN


def test_whoever_pushes_the_creation_out_of_reach_gets_no_a_and_no_other_look_is_worth_it() -> None:
    scan = scanned(**OUT_OF_REACH)
    assert grade(scan) is Grade.B
    assert summary(scan).holders is Verdict.UNKNOWN
    assert not any(may_be_answered(scan, family) for family in Family)


def test_the_past_of_a_well_known_token_is_no_matter_unless_nothing_of_it_is_known() -> None:
    bonk = {"subject": PINNED_MINT, "metadata": None, **OUT_OF_REACH}
    assert grade(scanned(**bonk)) is Grade.A
    assert grade(scanned(**bonk | {"creation": NotRead(reason=sentence("the node is away"))})) is Grade.B


@pytest.mark.parametrize(
    ("power", "at_best"),
    [
        ({"mint_authority": "a"}, Grade.D),
        ({"freeze_authority": "a"}, Grade.D),
        ({"permanent_delegate": "a"}, Grade.F),
        ({"transfer_fee": TransferFee(basis_points=0, authority="a")}, Grade.D),
        ({"transfer_fee": TransferFee(basis_points=0, authority=None)}, Grade.B),
        ({"transfer_fee": TransferFee(basis_points=100, authority=None)}, Grade.C),
        ({"transfer_fee": TransferFee(basis_points=101, authority=None)}, Grade.D),
        ({"transfer_fee": TransferFee(basis_points=500, authority=None)}, Grade.D),
        ({"transfer_fee": TransferFee(basis_points=501, authority=None)}, Grade.F),
        ({"transfer_hook": TransferHook(program="p", authority=None)}, Grade.F),
        ({"transfer_hook": TransferHook(program=None, authority="a")}, Grade.D),
        ({"pausable": Pausable(authority="a", paused=False)}, Grade.D),
        ({"pausable": Pausable(authority=None, paused=True)}, Grade.F),
        ({"default_frozen": True}, Grade.F),
        ({"non_transferable": True}, Grade.F),
        ({"close_authority": "a"}, Grade.D),
        ({"close_authority": "a", "supply": 0}, Grade.C),
        ({"confidential": True}, Grade.C),
        ({"rescaled": True}, Grade.C),
        ({"burn_authority": "a"}, Grade.C),
        ({"unknown_extensions": (99,)}, Grade.F),
    ],
)
def test_each_power_over_holders_limits_the_grade_as_the_table_says(
    power: dict[str, object], at_best: Grade
) -> None:
    assert grade(of_mint(**power)) is at_best


def test_an_extension_that_nobody_knows_is_unknown_and_named() -> None:
    (check,) = (one for one in of_mint(unknown_extensions=(99,)).checks if one.name == "extensions")
    assert check.verdict is Verdict.UNKNOWN
    assert "99" in check.reason


@pytest.mark.parametrize("missing", ["mint", "holders"])
def test_while_control_or_holders_is_unknown_no_grade_is_above_c(missing: str) -> None:
    assert grade(scanned(**{missing: NotRead(reason=sentence("the node refuses this method"))})) is Grade.C


@pytest.mark.parametrize("missing", ["metadata", "liquidity", "creation"])
def test_while_anything_else_is_unknown_no_grade_is_above_b(missing: str) -> None:
    scan = scanned(**{missing: NotRead(reason=sentence("the node refuses this method"))})
    assert grade(scan) is Grade.B
    assert any("the node refuses this method" in check.reason for check in scan.checks)


def test_what_is_no_mint_is_an_f() -> None:
    scan = scanned(mint=NotAMint(reason=sentence("it is a program"), source=SOURCE))
    assert grade(scan) is Grade.F
    assert "it is a program" in scan.checks[0].reason


def test_a_wholly_unknown_token_has_decided_nothing_of_control() -> None:
    scan = scan_token(
        TokenFacts(subject="m", chain="solana", mint=NotRead(reason=sentence("no node")), mint_source=SOURCE)
    )
    assert grade(scan) is Grade.C
    assert scan.decided == 0


def test_an_issuer_by_list_gets_its_grade_with_the_powers_spelled_out() -> None:
    issued = next(iter(LISTED))
    scan = scan_mint(
        msgspec.structs.replace(CLEAN, address=issued, freeze_authority="Boss", permanent_delegate="Boss")
    )
    assert grade(scan) is Grade.IC
    assert scan.issuer == LISTED[issued]
    assert [power for power in scan.powers if power.startswith("Boss")] == [
        "Boss can freeze any holder's tokens.",
        "Boss can take or burn anybody's tokens.",
    ]
    assert grade(scan_mint(CLEAN, chain="x1")) is Grade.C


def test_a_staked_token_is_issuer_controlled_only_while_the_pool_mints_it() -> None:
    obeying = scanned(mint=msgspec.structs.replace(CLEAN, mint_authority="withdraw"), minter=POOL)
    assert grade(obeying) is Grade.IC
    forged = scanned(mint=msgspec.structs.replace(CLEAN, mint_authority="somebody"), minter=POOL)
    assert grade(forged) is Grade.D
    assert "not the authority of its stake pool pool" in forged.checks[1].reason


def test_an_imitation_that_a_bridge_wrapped_is_an_imitation() -> None:
    wrapped = {"mint": msgspec.structs.replace(CLEAN, mint_authority="signer"), "minter": BRIDGE}
    assert grade(scanned(**wrapped)) is Grade.IC
    fake = Metadata(name="USD Coin", symbol="USDC", uri=None, update_authority=None, is_mutable=False)
    assert grade(scanned(**wrapped, metadata=fake)) is Grade.F


def test_a_bridge_excuses_no_liquidity_that_was_taken_away() -> None:
    """It wraps whatever it is given; a token of a staking pool can be redeemed there."""
    robbed = {"earlier": EarlierScans(dollars=Decimal(10**9))}
    for authority, minter, expected in (("signer", BRIDGE, Grade.F), ("withdraw", POOL, Grade.IC)):
        mint = msgspec.structs.replace(CLEAN, mint_authority=authority)
        assert grade(scanned(mint=mint, minter=minter, **robbed)) is expected


def test_a_bridge_excuses_neither_concentrated_holders_nor_a_market_in_which_nothing_can_be_sold() -> None:
    """Anybody can bridge a coin of their own; of a well-known one lenders may have much."""
    wrapped = {"mint": msgspec.structs.replace(CLEAN, mint_authority="signer"), "minter": BRIDGE}
    whale = Holder(owner="w", raw=SUPPLY // 2, kind=OwnerKind.WALLET)
    concentrated = Holders(top=(whale,), supply=SUPPLY, source=SOURCE)
    dry = Liquidity(pools=(msgspec.structs.replace(PAIR, dollars=Decimal(900)),), source=SOURCE)
    assert grade(scanned(**wrapped, holders=concentrated)) is Grade.F
    assert grade(scanned(**wrapped, liquidity=dry)) is Grade.D
    ether = next(mint for mint, issuer in LISTED.items() if issuer.name == "Wormhole")
    assert grade(scanned(**wrapped, holders=concentrated, subject=ether)) is Grade.IC
    pool = {"mint": msgspec.structs.replace(CLEAN, mint_authority="withdraw"), "minter": POOL}
    assert grade(scanned(**pool, holders=concentrated)) is Grade.IC


def test_in_a_family_the_worst_finding_counts_and_nothing_looked_at_is_unknown() -> None:
    def scan(*verdicts: Verdict) -> Scan:
        checks: Sequence[Check] = [
            Check(
                name="n",
                family=Family.CONTROL,
                verdict=one,
                said=sentence("r"),
                at_best=Grade.C,
                source=SOURCE,
            )
            for one in verdicts
        ]
        return Scan(subject="m", checks=tuple(checks), slot=None)

    order = (Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL)
    for at, verdict in enumerate(order):
        assert family_verdict(scan(*order[: at + 1]), Family.CONTROL) is verdict
    assert family_verdict(scan(), Family.CONTROL) is Verdict.UNKNOWN


def test_what_was_done_is_kept_apart_from_what_could_be() -> None:
    checks = {check.name: was_done(check) for check in scanned().checks}
    assert not checks["freeze authority"]
    assert checks["freeze abuse"]
    assert checks["liquidity withdrawal"]


MULTISIG, DERIVED = "multisig of three", "address that an unknown program derived"


@pytest.mark.parametrize(
    ("changes", "worst"),
    [
        ({"unknown_extensions": (99,)}, Grade.F),
        ({"transfer_hook": TransferHook(program="hook", authority=None)}, Grade.F),
        ({"transfer_hook": TransferHook(program=None, authority=MULTISIG)}, Grade.D),
        ({"permanent_delegate": MULTISIG}, Grade.F),
        ({"mint_authority": DERIVED}, Grade.D),
        ({"freeze_authority": DERIVED}, Grade.D),
        ({"close_authority": MULTISIG}, Grade.D),
        ({"pausable": Pausable(authority=DERIVED, paused=False)}, Grade.D),
        ({"transfer_fee": TransferFee(basis_points=0, authority=MULTISIG)}, Grade.D),
        ({"default_frozen": True}, Grade.F),
    ],
)
def test_a_power_is_one_whoever_it_is_hidden_behind(changes: dict[str, object], worst: Grade) -> None:
    """All else of these tokens would get an A."""
    scan = scanned(market=TRADED, mint=msgspec.structs.replace(CLEAN, **changes))
    assert grade(scan) is worst
    assert summary(scan).control in {Verdict.FAIL, Verdict.UNKNOWN}


def test_a_power_that_is_there_again_changes_the_print_by_which_scans_are_kept() -> None:
    frozen = msgspec.structs.replace(CLEAN, freeze_authority="Boss1111")
    assert fingerprint(frozen) != fingerprint(CLEAN)
    assert fingerprint(msgspec.structs.replace(CLEAN, supply=5)) == fingerprint(CLEAN)


def test_a_scan_of_the_mint_alone_forgets_no_rug_that_an_earlier_one_proved() -> None:
    rugged = scanned(
        liquidity=Liquidity(pools=(msgspec.structs.replace(PAIR, dollars=Decimal(50)),), source=SOURCE),
        earlier=EarlierScans(dollars=Decimal(400_000)),
    )
    assert grade(rugged) is Grade.F
    alone = scan_mint(CLEAN)
    assert grade(alone) is Grade.C
    kept = with_proven_rugs(alone, rugged)
    assert grade(kept) is Grade.F
    assert kept.why(CheckName.LIQUIDITY_WITHDRAWAL) == rugged.why(CheckName.LIQUIDITY_WITHDRAWAL)
    assert kept.why(CheckName.LIQUIDITY) == alone.why(CheckName.LIQUIDITY)  # which says what is there now
