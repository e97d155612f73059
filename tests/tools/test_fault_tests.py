"""Which tests play which fault."""

from tools.fault_tests import ROOT, played_by


def test_a_test_stands_under_each_number_that_it_bears() -> None:
    test = (
        "tests/scenarios/test_servers_last.py::"
        "test_scenario_93_and_92_programs_that_start_before_their_servers_become_ready_by_themselves"
    )
    assert test in played_by()[92]
    assert test in played_by()[93]


def test_an_entry_of_a_table_of_faults_stands_with_its_words() -> None:
    entries = [one for tests in played_by().values() for one in tests if ": " in one]
    assert entries
    assert all((ROOT / one.partition(":")[0]).is_file() for one in entries)


def test_the_faults_of_redis_postgresql_and_operations_are_all_played() -> None:
    assert {*range(17, 36), *range(79, 96)} - played_by().keys() == set()
