"""What an update has of the bot; how replies use it stands in test_responder.py."""

from bot.dialog.update_context import NO_USE, UpdateContext, current_update, during_update, leave_worker


def test_outside_of_an_update_nobody_is_left_and_nothing_is_used() -> None:
    assert current_update() is None
    assert leave_worker()() == NO_USE


def test_within_an_update_its_worker_is_given_back() -> None:
    left: list[bool] = []
    update_context = UpdateContext(leave=lambda: left.append(True), use=lambda: 3.0)
    with during_update(update_context):
        assert current_update() is update_context
        assert leave_worker()() == 3.0
    assert left == [True]
    assert current_update() is None
