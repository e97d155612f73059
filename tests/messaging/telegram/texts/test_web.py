"""/web and /apikey in words: a secret is escaped, shown once, and its list shows how it begins."""

from datetime import UTC, datetime

from domain.access import ApiKey, Scope
from domain.chats import ChatKind, ChatTarget
from messaging.telegram.texts import web as texts

KEY = ApiKey(
    key_id=3,
    prefix="ww_abcdef",
    name="<b>bold</b>",
    owner_id=5,
    target=ChatTarget(chat_id=-100_5, kind=ChatKind.SUPERGROUP, title="The Club"),
    scopes=frozenset({Scope.WRITE, Scope.READ}),
    created_at=datetime(2026, 11, 29, tzinfo=UTC),
    expires_at=datetime(2026, 12, 29, tzinfo=UTC),
)


def test_a_key_in_the_list_shows_how_it_begins_for_which_group_and_until_when() -> None:
    text = texts.keys_text([KEY], "https://whales.example.org")
    assert "3. <code>ww_abcdef…</code>" in text
    assert "The Club · read, write · until 29 Dec 2026 · never used" in text
    assert "<b>bold" not in text


def test_a_new_key_says_that_it_is_shown_once() -> None:
    assert "it is not shown again" in texts.new_key("ww_secret", KEY)


def test_a_link_says_how_long_it_holds() -> None:
    assert "within 60 seconds" in texts.sign_in_link("https://whales.example.org/signin#x")
