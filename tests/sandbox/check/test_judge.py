"""The judge accepts each expected message once and nothing else."""

from dataclasses import replace

from domain.activity.activity import SOL, Leg
from sandbox.check.judge import AcceptedMessage, Expected, judge, percentile

BUY = Expected(
    chat_id=1,
    signature="s",
    slot=341_220_118,
    legs=(Leg(mint=SOL, raw=84_200_000_000, decimals=9), Leg(mint="m", raw=38_410_250_000, decimals=6)),
)
TEXT = "🟢 Toly bought 38,410 WIF for 84.2 SOL\n84.2 SOL → 38,410.25 WIF\nslot 341,220,118 · 14:03:07"


def messages(text: str = TEXT, chat_id: int = 1) -> AcceptedMessage:
    return AcceptedMessage(chat_id=chat_id, text=text, at=0.0)


def test_a_message_with_slot_and_all_amounts_is_the_expected_one() -> None:
    verdict = judge([BUY], [messages()])
    assert verdict.is_clean
    assert verdict.matched == ((BUY, messages()),)


def test_a_wrong_amount_is_one_missing_and_one_too_many() -> None:
    verdict = judge([BUY], [messages(TEXT.replace("38,410.25", "38,410.24"))])
    assert (len(verdict.missing), len(verdict.surplus)) == (1, 1)


def test_a_second_copy_is_too_many() -> None:
    assert len(judge([BUY], [messages(), messages()]).surplus) == 1


def test_a_message_in_another_chat_does_not_count() -> None:
    verdict = judge([BUY], [messages(chat_id=2)])
    assert not verdict.is_clean
    assert verdict.missing == (BUY,)


def test_a_longer_number_is_not_taken_for_a_shorter_one() -> None:
    assert not BUY.is_in(TEXT.replace("84.2 SOL →", "184.2 SOL →").replace("for 84.2", "for 184.2"))


def test_percentiles_are_of_what_was_measured() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile(range(100), 0.95) == 95
    assert percentile([], 0.5) == 0.0


def test_what_tells_of_several_trades_together_is_not_surplus() -> None:
    together = AcceptedMessage(chat_id=1, text="👥 3 owners bought $6,657 of MITTEN within 1 min", at=1.0)
    assert judge([], [together]).is_clean
    assert not judge([], [replace(together, text="🟢 Toly bought $6,657 of MITTEN")]).is_clean
