"""The usual people and groups fit together."""

from sandbox.telegram.config import DEFAULT_GROUPS, DEFAULT_USERS, FloodLimits, TelegramConfig


def test_groups_name_users_that_exist() -> None:
    names = {user.name for user in DEFAULT_USERS}
    assert len(names) == len(DEFAULT_USERS)
    for group in DEFAULT_GROUPS:
        assert set(group.members) <= names
        assert set(group.admins) <= set(group.members)


def test_the_limits_are_telegrams() -> None:
    assert TelegramConfig().limits == FloodLimits(
        bot_per_second=30, chat_per_second=1.0, chat_burst=5, group_per_minute=20
    )
