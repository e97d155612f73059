"""What is followed has one name, wherever it is asked for."""

from domain.alerts.traced import trace_of_activity, trace_of_alert, trace_of_update
from tests.storage.sample_data import purchase


def test_an_activity_is_followed_under_the_same_name_before_and_after_its_alert_has_a_number() -> None:
    assert trace_of_activity(purchase(1)) == trace_of_alert(purchase(1), 17) != trace_of_activity(purchase(2))


def test_updates_have_names_of_their_own() -> None:
    assert trace_of_update(7) == "update:7"
