"""What becomes of a list, in words."""

from domain.rules.rules import Watch
from messaging.telegram.escaping import plain
from messaging.telegram.texts.imports import report
from runtime import clock
from tests.bot.conftest import WHALE


def watch(number: int) -> Watch:
    return Watch(
        watch_id=number,
        chat_id=1,
        topic_id=0,
        chain="solana",
        wallet=WHALE,
        label=f"{number:03}" + "W" * 29,
        created_at=clock.now(),
    )


def test_a_report_fits_in_one_message_whatever_the_list_held() -> None:
    text = report([watch(n) for n in range(500)], 500, [(WHALE, "is a token account")] * 500)
    assert len(plain(text)) < 2_000
    assert plain(text).count("and 490 more") == 2


def test_what_was_not_checked_is_said() -> None:
    assert "Not checked" in report([watch(1)], 0, [], are_checked=False)
    assert "Not checked" not in report([watch(1)], 0, [])
