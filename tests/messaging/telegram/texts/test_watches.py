"""Following wallets, in words."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.rules import MAX_LABEL, Watch
from messaging.telegram.escaping import plain
from messaging.telegram.texts import watches as texts

ADDRESS = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def watch(label: str, *, muted: bool = False) -> Watch:
    return Watch(
        watch_id=1,
        chat_id=1,
        topic_id=0,
        chain="solana",
        wallet=ADDRESS,
        label=label,
        created_at=NOW,
        muted_until=NOW + timedelta(hours=1) if muted else None,
    )


@given(st.text(max_size=MAX_LABEL))
def test_no_label_breaks_the_markup(label: str) -> None:
    for text in (
        texts.followed(watch(label), is_new=True, resembles=watch(label), namesakes=[watch(label)]),
        texts.unfollowed(watch(label)),
        texts.renamed(watch(label), label, namesakes=[watch(label)]),
        texts.followed_many([watch(label)], 1, [(ADDRESS, "is a token")]),
        texts.not_followed(label),
        texts.ask_label(watch(label)),
        texts.wallets([watch(label)], page=0, now=NOW),
    ):
        assert text.count("<") == text.count(">")
        assert len(plain(text)) < 4_096


def test_a_full_page_fits_into_a_message() -> None:
    many = [watch("W" * MAX_LABEL, muted=True)] * 500
    text = texts.wallets(many, page=49, now=NOW)
    assert "page 50 of 50" in text
    assert len(text) < 4_096
    assert text.count("🔕") == texts.PAGE


def test_a_wallet_without_a_name_is_called_once_by_its_address() -> None:
    text = plain(texts.followed_many([watch("Moby"), watch("")], 0, []))
    assert text.splitlines()[1:] == ["· Moby EKpQ…zcjm", "· EKpQ…zcjm"]


def test_a_new_name_of_a_followed_wallet_is_said() -> None:
    text = plain(texts.followed(watch("New"), is_new=False, resembles=None, old_label="Old"))
    assert text.startswith("Already following. Renamed Old → New.")
    again = plain(texts.followed(watch("Moby"), is_new=False, resembles=None))
    assert again.startswith("Already following Moby.")


def test_a_name_that_another_wallet_bears_is_pointed_out() -> None:
    text = plain(texts.followed(watch("Moby"), is_new=True, resembles=None, namesakes=[watch("Moby")]))
    assert "⚠️ EKpQ…zcjm has this name, too." in text


def test_a_list_says_what_became_of_each_address() -> None:
    text = plain(texts.followed_many([watch("Moby")], 2, [(ADDRESS, "is a token")]))
    assert text.splitlines() == [
        "✅ Following 1 new wallet.",
        "· Moby EKpQ…zcjm",
        "Already following 2 wallets of the list.",
        "Not followed:",
        "· EKpQ…zcjm is a token",
    ]


def test_an_empty_list_says_in_a_group_what_works_there() -> None:
    assert "Send an address" in texts.nothing_followed(is_private=True)
    assert "/watch ADDRESS" in texts.nothing_followed(is_private=False)
    assert "Send an address" not in texts.nothing_followed(is_private=False)
