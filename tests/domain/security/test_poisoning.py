"""Senders of dust that look like those whom a wallet paid."""

from domain.activity.activity import SOL, Kind
from domain.security.checks import Verdict
from domain.security.poisoning import imitators, look_alikes
from tests.domain.security.wallets import FAKE, FRIEND, ME, done, facts, leg


def test_dust_from_a_look_alike_of_somebody_it_paid_is_suspicious() -> None:
    paid = done(Kind.TRANSFER_OUT, 1, paid=leg(SOL, 10**9), counterparty=FRIEND)
    dust = done(Kind.TRANSFER_IN, 2, received=leg(SOL, 1), counterparty=FAKE)
    assert imitators(ME, [dust, paid]) == {FAKE: FRIEND}
    assert look_alikes(facts(activities=(dust, paid))).verdict is Verdict.FAIL
    real = done(Kind.TRANSFER_IN, 3, received=leg(SOL, 10**9), counterparty=FAKE)
    assert not imitators(ME, [real, paid])
    assert not imitators(ME, [dust])
