"""A module is not imported only where no test of it would run."""

import pytest

from tests.leaving_out import is_left_out, unnamed

UNIT = "not services and not e2e"
REST = "not measures and (services or e2e or browser)"
SOME = "pytestmark = pytest.mark.enable_socket\n\n\n@pytest.mark.services\ndef test_it() -> None: ...\n"


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\n\npytestmark = pytest.mark.services\n",
        "pytestmark = [pytest.mark.services, pytest.mark.e2e]\n",
        'pytestmark = [\n    pytest.mark.skipif(True, reason="why"),\n    pytest.mark.e2e,\n]\n',
    ],
)
def test_a_module_is_left_out_by_a_marker_of_all_its_tests(text: str) -> None:
    assert is_left_out(text, UNIT)
    assert not is_left_out(text, REST)


@pytest.mark.parametrize(
    "text",
    [
        "def test_it() -> None: ...\n",
        SOME,
        "class TestIt:\n    pytestmark = pytest.mark.services\n",
        "pytestmark = pytest.mark.timeout(90)  # services\n",
    ],
)
def test_a_module_of_which_anything_may_run_is_imported(text: str) -> None:
    assert not is_left_out(text, UNIT)


@pytest.mark.parametrize("expression", [REST, "(services or e2e)", "services"])
def test_a_module_is_left_out_that_names_no_marker_which_is_asked_for(expression: str) -> None:
    assert is_left_out("@pytest.mark.ledger\ndef test_it() -> None: ...\n", expression)
    assert not is_left_out(SOME, expression)


@pytest.mark.parametrize(
    "expression",
    ["", "services or e2e", "not services or e2e", "not (services and e2e)", "(services or not e2e)"],
)
def test_another_expression_leaves_the_choice_to_pytest(expression: str) -> None:
    assert not is_left_out("pytestmark = pytest.mark.services\n", expression)


@pytest.mark.parametrize("expression", ["asyncio", "not services and (services or parametrize)"])
def test_markers_that_no_module_names_leave_the_choice_to_pytest(expression: str) -> None:
    assert not is_left_out("async def test_it() -> None: ...\n", expression)


def test_a_module_names_what_its_tests_bear() -> None:
    assert unnamed(SOME, {"services", "asyncio"}) == frozenset()
    assert unnamed(SOME, {"services", "e2e"}) == {"e2e"}
