"""What the mint account lets somebody do, in sentences with who can do it."""

import msgspec
import pytest

from domain.security.checks import Check, Grade, NotRead, Source, Verdict
from domain.security.control import NAMES, control_checks
from domain.security.mints import TransferFee
from domain.sentences import sentence
from tests.domain.security.tokens import CLEAN, KNOWN


def control(**changes: object) -> dict[str, Check]:
    mint = msgspec.structs.replace(CLEAN, **changes)
    checks = control_checks(msgspec.structs.replace(KNOWN, mint=mint))
    return {check.name: check for check in checks}


def test_a_mint_without_any_power_passes_every_check() -> None:
    assert {check.verdict for check in control().values()} == {Verdict.PASS}
    assert tuple(control()) == NAMES


def test_every_check_is_unknown_with_the_reason_where_the_mint_was_not_read() -> None:
    checks = control_checks(msgspec.structs.replace(KNOWN, mint=NotRead(reason=sentence("no node answered"))))
    assert [check.name for check in checks] == list(NAMES)
    assert {check.verdict for check in checks} == {Verdict.UNKNOWN}
    assert {check.reason for check in checks} == {"Not known: no node answered."}


def test_a_scheduled_fee_is_shown_with_its_epoch_and_who_can_raise_it() -> None:
    fee = TransferFee(basis_points=900, authority="Boss", before=100, after=900, from_epoch=744)
    assert control(transfer_fee=fee)["transfer fee"].reason == (
        "1 % fee on each transfer, 9 % from epoch 744 on; Boss can raise it up to 100 %."
    )


@pytest.mark.parametrize(
    ("chain", "slot", "reason", "at_best"),
    [
        ("solana", 744 * 432_000 - 1, "9 % fee on each transfer, 0 % from epoch 744 on; nobody", Grade.F),
        ("solana", 744 * 432_000, "No fee is taken at transfers, and nobody can set one.", Grade.A),
        ("solana", None, "9 % fee on each transfer, 0 % from epoch 744 on; nobody", Grade.F),
        ("x1", 744 * 432_000, "9 % fee on each transfer, 0 % from epoch 744 on; nobody", Grade.F),
    ],
)
def test_a_fee_that_ended_long_ago_is_none(chain: str, slot: int | None, reason: str, at_best: Grade) -> None:
    fee = TransferFee(basis_points=900, authority=None, before=900, after=0, from_epoch=744)
    mint = msgspec.structs.replace(CLEAN, transfer_fee=fee)
    source = Source(name="mint account", slot=slot)
    facts = msgspec.structs.replace(KNOWN, mint=mint, mint_source=source, chain=chain)
    (check,) = (one for one in control_checks(facts) if one.name == "transfer fee")
    assert check.reason.startswith(reason)
    assert check.at_best is at_best


def test_a_fee_that_was_scheduled_and_is_in_force_is_shown_as_the_fee() -> None:
    fee = TransferFee(basis_points=900, authority=None, before=0, after=900, from_epoch=0)
    assert control(transfer_fee=fee)["transfer fee"].reason == (
        "9 % fee on each transfer; nobody can raise it."
    )


def test_a_power_that_was_given_up_stays_so() -> None:
    assert control()["freeze authority"].is_permanent
    assert not control()["default state"].is_permanent
