"""Whose limits count is said with what that means, and hostile titles are harmless."""

from domain.chats import Chat, ChatKind
from messaging.telegram.texts import payers as texts

CLUB = Chat(chat_id=-1, kind=ChatKind.SUPERGROUP, title="Club")


def test_the_group_reads_how_much_it_follows_and_what_a_limit_does() -> None:
    text = texts.in_group(1)
    assert "1 wallet followed" in text
    assert "nothing is deleted" in text


def test_an_admin_reads_what_would_be_used() -> None:
    assert "follows 12 wallets; you use 3 of 500" in texts.ask_take_over("Club", 12, 3, 500)
    assert "<script>" not in texts.ask_take_over("<script>", 1, 0, 5)


def test_what_pauses_is_said() -> None:
    assert "2 wallets there pause" in texts.taken_over("Club", 2)
    assert "pause" not in texts.taken_over("Club", 0)


def test_who_pays_for_none_reads_so() -> None:
    assert "in no group" in texts.paid([], 0, 500)
    assert "in 1 chat; 3 of 500 wallets" in texts.paid([CLUB], 3, 500)


def test_a_group_reads_that_its_payer_left_and_that_nobody_pays() -> None:
    assert "has left" in texts.payer_left()
    assert "silent" in texts.given_up()
