from domain.chats import Chat, ChatKind, ChatTarget


def test_only_a_private_chat_is_private() -> None:
    assert Chat(chat_id=1, kind=ChatKind.PRIVATE).is_private
    assert not any(
        Chat(chat_id=-1, kind=kind).is_private
        for kind in (ChatKind.GROUP, ChatKind.SUPERGROUP, ChatKind.CHANNEL)
    )


def test_a_target_is_no_forum_topic_unless_one_is_named() -> None:
    assert ChatTarget(chat_id=-1, kind=ChatKind.SUPERGROUP).topic_id == 0
