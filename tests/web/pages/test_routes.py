"""The files of the page: whole, as their package ships them, and fetched again only if they changed."""

import json
import re

import pytest

from domain.rules.decisions import SENT_BY_DEFAULT
from tests.web.conftest import Web
from tools.page_libraries import DOCUMENT, LIST, ROOT, STATIC, sha384
from web.pages.routes import VIEWS


def test_libraries_are_what_their_package_ships() -> None:
    known = json.loads(LIST.read_text())
    assert re.fullmatch(r"\d+\.\d+\.\d+", known["version"])
    assert "MIT License" in (ROOT / known["licence"]).read_text()
    document = DOCUMENT.read_text()
    for name, file in known["files"].items():
        assert sha384((STATIC / name).read_bytes()) == file["sha384"]
        assert f'"/static/{name}" integrity="sha384-{file["sha384"]}"' in document


def test_the_page_asks_nobody_else_for_anything_and_runs_nothing_inline() -> None:
    document = DOCUMENT.read_text()
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", document)
    assert "<style" not in document
    assert not re.search(r"<script(?![^>]*src=)", document)
    scripts = [path.read_text() for path in STATIC.rglob("*.js") if path.name != "uplot.js"]
    assert not [
        text
        for text in scripts
        if re.search(
            r"innerHTML|insertAdjacentHTML|eval\(|(?:from|fetch|import|EventSource|src|href)[\s(:=]*[\"'`]https?:",
            text,
        )
    ]


def test_the_form_of_rules_offers_every_kind_that_is_sent() -> None:
    text = (STATIC / "rules_form.js").read_text()
    listed = re.search(r"KINDS = \[(.*?)\]", text, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == {kind.value for kind in SENT_BY_DEFAULT}


def test_every_page_is_a_file_and_a_row() -> None:
    table = (STATIC / "pages.js").read_text()
    files = {path.name for path in (STATIC / "pages").iterdir()}
    assert files == {
        name.rpartition("/")[2] for name in re.findall(r'from "(/static/pages/[a-z_]+\.js)"', table)
    }


@pytest.mark.services
async def test_each_view_is_the_one_document_under_a_strict_policy(web: Web) -> None:
    for view in VIEWS:
        answer = await web.ask("GET", view)
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        again = await web.ask("GET", view, If_None_Match=answer.headers["ETag"])
        assert (again.status, again.body) == (304, b"")


@pytest.mark.services
async def test_other_files_of_the_machine_are_not_served(web: Web) -> None:
    for path in ("/static/../routes.py", "/static/%2e%2e/routes.py", "/static/libraries.json", "/static/"):
        assert (await web.ask("GET", path)).status == 404
