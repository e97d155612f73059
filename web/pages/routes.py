"""The files of the page, kept in memory, each with the hash by which browsers know that it is unchanged."""

import functools
import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"
DOCUMENT = "index.html"
VIEWS = ("/", "/signin", "/app")
"""Paths that show the one document; its script finds out which view is meant."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file of the page."""

    content: bytes
    media_type: str
    etag: str


def page_routes() -> list[Route]:
    """A route for each view and each file."""
    paths = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in _TYPES)
    files = {path.relative_to(FOLDER).as_posix(): _read(path) for path in paths}
    return [
        *(Route(view, functools.partial(_answer, files[DOCUMENT]), methods=["GET"]) for view in VIEWS),
        *(
            Route(f"/static/{name}", functools.partial(_answer, file), methods=["GET"])
            for name, file in files.items()
        ),
    ]


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:32]
    return StaticFile(content=content, media_type=_TYPES[path.suffix], etag=f'"{digest}"')


async def _answer(file: StaticFile, request: Request) -> Response:
    headers = {"ETag": file.etag, "Cache-Control": "no-cache"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
