"""A turn leaves its worker when it begins to wait."""

from bot.dialog.update_context import NO_USE, UpdateContext, during_update, leave_worker


def test_within_a_turn_the_worker_is_left_and_the_use_is_known() -> None:
    left: list[bool] = []
    with during_update(UpdateContext(leave=lambda: left.append(True), use=lambda: 2.5)):
        assert leave_worker()() == 2.5
    assert left == [True]


def test_without_a_turn_there_is_no_worker_to_leave() -> None:
    assert leave_worker()() == NO_USE
