"""Buttons of what is followed."""

from datetime import UTC, datetime, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Watch
from messaging.telegram.keyboards.alert import AlertSubject, alert_keyboard
from messaging.telegram.keyboards.watches import (
    ListPage,
    Unfollowed,
    answer_field,
    followed_keyboard,
    list_keyboard,
    mute_swapped,
    named_keyboard,
)
from tests.messaging.telegram.keyboards.reading import CALLBACKS, labels

ADDRESS = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHAT = -1_001_234_567_890


def watch(number: int, *, muted: bool = False) -> Watch:
    until = NOW + timedelta(hours=1) if muted else None
    return Watch(
        watch_id=number,
        chat_id=CHAT,
        topic_id=0,
        chain="solana",
        wallet=ADDRESS,
        label=f"Whale {number}",
        created_at=NOW,
        muted_until=until,
    )


def buttons(watches: list[Watch], page: int) -> list[list[str]]:
    return labels(list_keyboard(CALLBACKS, watches, chat_id=CHAT, page=ListPage(page), now=NOW))


def test_a_list_offers_mute_or_unmute_for_each_wallet() -> None:
    assert buttons([watch(1), watch(2, muted=True)], 0) == [
        ["🔕 Mute Whale 1 1 h", "✖️ Unfollow Whale 1"],
        ["🔔 Unmute Whale 2", "✖️ Unfollow Whale 2"],
    ]
    assert buttons([], 0) == []


def test_pages_lead_to_their_neighbours() -> None:
    many = [watch(number) for number in range(25)]
    assert [buttons(many, page)[-1] for page in range(3)] == [["▶"], ["◀", "▶"], ["◀"]]
    assert len(buttons(many, 2)) == 6


def test_the_way_back_stands_where_the_wallet_stood() -> None:
    dropped = Unfollowed(watch=watch(2), row=1, key="k")
    keyboard = list_keyboard(
        CALLBACKS, [watch(1), watch(3)], chat_id=CHAT, page=ListPage(0), now=NOW, dropped=dropped
    )
    assert [row[0] for row in labels(keyboard)] == [
        "🔕 Mute Whale 1 1 h",
        "↩️ Follow Whale 2 again",
        "🔕 Mute Whale 3 1 h",
    ]


def test_a_followed_wallet_offers_its_balance() -> None:
    keyboard = followed_keyboard(CALLBACKS, watch(1), chat_id=CHAT)
    assert labels(keyboard) == [["💰 Balance", "✏️ Rename", "✖️ Unfollow"]]


def test_the_mute_button_changes_places_with_its_opposite() -> None:
    alert = alert_keyboard(
        CALLBACKS, AlertSubject(watch_id=1, mint=ADDRESS, label=watch(1).label), chat_id=CHAT
    )
    sent_back = InlineKeyboardMarkup.de_json(dict(alert))
    muted = mute_swapped(CALLBACKS, sent_back, watch(1), chat_id=CHAT, muted=True)
    assert labels(muted) == [["📋 Copy mint", "📈 Chart", "🛡 Scan"], ["🔔 Unmute", "❔ Why", "🤏 Less"]]
    again = mute_swapped(CALLBACKS, muted, watch(1), chat_id=CHAT, muted=False)
    assert again == sent_back


def test_a_new_wallet_can_be_named_or_dropped() -> None:
    assert labels(named_keyboard(CALLBACKS, watch(1), chat_id=CHAT)) == [["✏️ Rename", "✖️ Unfollow"]]


def test_the_field_says_what_is_wanted() -> None:
    assert answer_field("ADDRESS").input_field_placeholder == "ADDRESS"
    assert isinstance(
        named_keyboard(CALLBACKS, watch(1), chat_id=1).inline_keyboard[0][0], InlineKeyboardButton
    )


def test_the_list_of_a_tag_stays_that_of_the_tag() -> None:
    watches = [watch(number) for number in range(1, 12)]
    keyboard = list_keyboard(CALLBACKS, watches, chat_id=CHAT, page=ListPage(0, "t" * 16), now=NOW)
    assert keyboard is not None
    pressed = [
        CALLBACKS.read(str(one.callback_data), chat_id=CHAT, user_id=1)
        for row in keyboard.inline_keyboard
        for one in row
    ]
    assert {one.arguments[-1] for one in pressed} == {"t" * 16}
    assert pressed[-1].arguments == ("1", "t" * 16)
