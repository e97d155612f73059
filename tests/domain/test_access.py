"""Keys, scopes, and who is counted as whom."""

from domain.access import Caller, hash_of, is_key, is_secret
from domain.chats import ChatKind, ChatTarget

SECRET = "A" * 42 + "_"


def test_what_has_not_the_form_of_a_secret_is_not_looked_up() -> None:
    assert is_secret(SECRET)
    assert is_key("ww_" + SECRET)
    for wrong in ("", "A" * 42, "A" * 44, "Ä" * 43, SECRET[:-1] + "/"):
        assert not is_secret(wrong)
        assert not is_key("ww_" + wrong)
    assert not is_key(SECRET)


def test_a_hash_shows_nothing_of_the_secret() -> None:
    assert len(hash_of(SECRET)) == 32
    assert SECRET.encode() not in hash_of(SECRET)


def test_a_key_and_its_owner_are_counted_apart() -> None:
    target = ChatTarget(chat_id=5, kind=ChatKind.PRIVATE)
    person = Caller(user_id=5, target=target, scopes=frozenset())
    program = Caller(user_id=5, target=target, scopes=frozenset(), key_id=9)
    assert (person.name, program.name) == ("person:5", "key:9")
