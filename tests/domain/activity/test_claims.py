"""What programs for airdrops and rewards pay out is told from what strangers send."""

from domain.activity.activity import Kind
from domain.activity.addresses import is_address
from domain.activity.claims import CLAIM_PROGRAMS, is_claim


def test_only_what_comes_in_from_such_a_program_is_a_claim() -> None:
    assert is_claim(Kind.TRANSFER_IN, "Jito Claim")
    assert not is_claim(Kind.TRANSFER_OUT, "Jito Claim")
    assert not is_claim(Kind.TRANSFER_IN, None)
    assert not is_claim(Kind.TRANSFER_IN, "Jupiter")


def test_each_has_an_address_a_name_of_its_own_and_a_source() -> None:
    assert all(is_address(address) for address in CLAIM_PROGRAMS)
    assert len({name for name, _ in CLAIM_PROGRAMS.values()}) == len(CLAIM_PROGRAMS)
    assert all(source.startswith("https://") for _, source in CLAIM_PROGRAMS.values())
