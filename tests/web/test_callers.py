"""Who asks: read out of headers that anybody may send."""

import pytest

from domain.errors import NotAllowed
from tests.storage.sample_data import ALICE
from tests.web.conftest import GROUP, Web
from web.callers import Callers, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://whales.example.org/", "https://whales.example.org"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
        ("https://a.example:8443/x", "https://a.example:8443"),
    ],
)
def test_an_origin_is_what_browsers_send(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.services
async def test_changes_need_our_own_origin_and_reads_do_not(web: Web) -> None:
    callers = Callers(access=web.services.access, origin="https://a.example")
    callers.check_origin("GET", {})
    callers.check_origin("POST", {"origin": "https://a.example"})
    for origin in ("", "null", "https://a.example.evil", "http://a.example", "https://a.exämple"):
        with pytest.raises(NotAllowed):
            callers.check_origin("DELETE", {"origin": origin})


@pytest.mark.services
@pytest.mark.parametrize("chat", ["abc", "1e5", "-", "9" * 30, str(GROUP)])
async def test_a_chat_that_is_not_theirs_is_refused(web: Web, chat: str) -> None:
    cookie = await web.sign_in(ALICE)
    assert (await web.ask("GET", f"/api/v1/rules?chat={chat}", Cookie=cookie)).status == 403


@pytest.mark.services
async def test_other_ways_to_authorize_are_refused(web: Web) -> None:
    answer = await web.ask("GET", "/api/v1/rules", Authorization="Basic eDp5")
    assert answer.status == 401
