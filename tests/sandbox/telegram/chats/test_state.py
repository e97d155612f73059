"""The state of the server: ledger entries, limits and transient events."""

from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState, TransientEvent
from sandbox.telegram.config import FloodLimits, TelegramConfig


def new_state() -> ServerState:
    return ServerState(TelegramConfig(users=(), groups=()))


def test_an_entry_carries_what_its_message_says() -> None:
    state = new_state()
    people = People(state, state.bots.first)
    user = people.add_user("Alice", started=True)
    message = people.send(user.id, "hello")
    entry = state.ledger.since()[-1]
    assert (entry.kind, entry.chat_id, entry.message_id, entry.user_id, entry.text) == (
        "user_message",
        user.id,
        message.message_id,
        user.id,
        "hello",
    )
    assert entry.seq == state.ledger.last


def test_other_limits_begin_with_a_clean_record() -> None:
    state = new_state()
    flood = state.bots.first.flood
    state.set_limits(FloodLimits(chat_burst=1))
    assert [flood.take(1, 0.0, group=False) > 0 for _ in range(2)] == [False, True]
    state.set_limits(FloodLimits(chat_burst=1))
    assert (flood.refused, flood.take(1, 0.0, group=False)) == (0, 0)


def test_every_listener_hears_a_transient_event() -> None:
    state = new_state()
    heard: list[TransientEvent] = []
    for _ in range(2):
        state.listen_transient(heard.append)
    event = TransientEvent(kind="action", chat_id=1, detail={"action": "typing"})
    state.emit(event)
    assert heard == [event, event]
    assert state.ledger.last == 0
