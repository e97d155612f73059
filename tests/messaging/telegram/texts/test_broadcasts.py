"""What operators read of broadcasts."""

from domain.delivery.broadcasts import BroadcastProgress, BroadcastState
from messaging.telegram.texts import broadcasts as texts


def progress(*, ambiguous: int = 0) -> BroadcastProgress:
    return BroadcastProgress(
        broadcast_id=3,
        state=BroadcastState.RUNNING,
        text="hello",
        total=1_000,
        sent=600,
        dead=10,
        ambiguous=ambiguous,
    )


def test_what_an_operator_wrote_is_no_markup() -> None:
    assert texts.body("<b>now</b> & here") == "&lt;b&gt;now&lt;/b&gt; &amp; here"


def test_a_preview_says_to_how_many_chats_it_goes() -> None:
    assert "to 1 chat<" in texts.preview("hello", 1)
    assert "to 1,200 chats<" in texts.preview("hello", 1_200)


def test_what_waits_is_what_has_no_end_yet() -> None:
    assert "Sent 600 of 1,000 · failed 10 · queued 390" in texts.progress(progress())
    assert "unconfirmed 5 · queued 385" in texts.progress(progress(ambiguous=5))
