"""What a wallet has made: in SOL after fees, in dollars of who trades for them."""

from msgspec import structs

from messaging.telegram.texts.made import lamports, made, made_amount, nano_dollars, won
from tests.domain.positions.whale_samples import GOOD

RECORD = structs.replace(GOOD, realised_usd=12_300 * 10**9)


def test_amounts_carry_their_sign() -> None:
    assert [lamports(amount) for amount in (0, 5 * 10**8, -5 * 10**8)] == ["0 SOL", "+0.5 SOL", "−0.5 SOL"]
    assert [nano_dollars(amount) for amount in (0, 12 * 10**12, -4 * 10**9)] == ["$0", "+$12K", "−$4"]


def test_dollars_stand_where_they_alone_say_all() -> None:
    assert (made(RECORD), made_amount(RECORD)) == ("+12 SOL after fees", "+12 SOL")
    in_dollars = structs.replace(RECORD, is_sol_whole=False)
    assert (made(in_dollars), made_amount(in_dollars)) == ("+$12.3K before fees", "+$12.3K")
    neither = structs.replace(in_dollars, realised_usd=None)
    assert made(neither) == "+12 SOL after fees"


def test_a_rate_comes_with_its_number_and_from_five_on() -> None:
    assert won(RECORD) == "won 14 of 20 (70%)"
    assert won(structs.replace(RECORD, trips=3, wins=2)) == "won 2 of 3"
