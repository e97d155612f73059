"""What the mint account lets somebody do, in sentences with who can do it."""

import msgspec

from domain.security.checks import Check, NotRead, Verdict
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


def test_a_power_that_was_given_up_stays_so() -> None:
    assert control()["freeze authority"].is_permanent
    assert not control()["default state"].is_permanent
