"""What is known of a slot without a block."""

import pytest

from scanner.reconcile.slot_result import MissingBlock


@pytest.mark.parametrize(
    ("missing", "is_unanswered"),
    [
        (MissingBlock(slot=7), True),
        (MissingBlock(slot=7, said_by="a"), False),
        (MissingBlock(slot=7, kept_from=90), False),
    ],
)
def test_a_slot_is_unanswered_while_no_provider_says_anything(
    missing: MissingBlock,
    is_unanswered: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert missing.is_unanswered is is_unanswered
