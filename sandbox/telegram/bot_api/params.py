"""The parameters of one Bot API call, in any of the four encodings that a client may choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram.chats.files import Upload
from sandbox.telegram.errors import ApiError, bad_request

T = TypeVar("T")

_TRUE = {"true", "yes", "1"}
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Params:
    """Named values: JSON types or the strings of a form, which are read alike."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value as text; empty if absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else _unquoted(value)

    def integer(self, name: str) -> int | None:
        """The value as a whole number; None: it is absent or not a number."""
        value = self.values.get(name)
        if isinstance(value, int):
            return value
        try:
            return int(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """True for true, yes, 1 in any case."""
        value = self.values.get(name)
        return value is True or (value is not None and str(value).lower() in _TRUE)

    def shaped(self, name: str, shape: type[T], complaint: str) -> T | None:
        """The value in a given shape; None: it is absent.

        Args:
            name: of the parameter.
            shape: the type to decode it into.
            complaint: the text of the error.

        Raises:
            ApiError: 400, the value does not have the shape.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            if isinstance(value, str):
                return msgspec.json.decode(value, type=shape, strict=False)
            return msgspec.convert(value, shape, strict=False)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise bad_request(complaint) from error


def _unquoted(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else msgspec.json.encode(value).decode()


async def read_params(request: web.BaseRequest) -> Params:
    """All parameters of a request; the body overrides the query string.

    Raises:
        ApiError: 400, the body does not match its content type; 413, it is beyond the upload limit.
    """
    query = dict(request.query) if request.rel_url.raw_query_string else {}
    try:
        body = await _read_body(request)
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, "Request Entity Too Large") from error
    if not query:
        return body
    return Params({**query, **body.values}, body.uploads)


async def _read_body(request: web.BaseRequest) -> Params:
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        return await _read_multipart(request)
    content = await request.read()
    if not content:
        return Params({})
    if kind.startswith("application/json"):
        return Params(_json_object(content))
    return Params(_form(content))


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        values = _decode(content)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise bad_request("can't parse request body as JSON") from error
    if not isinstance(values, dict):
        raise bad_request("can't parse request body as JSON object")
    return values


def _form(content: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=1_000))
    except ValueError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


async def _read_multipart(request: web.BaseRequest) -> Params:
    values: dict[str, Any] = {}
    uploads: dict[str, Upload] = {}
    try:
        form = await request.post()
    except ValueError as error:
        raise bad_request("can't parse multipart body") from error
    for name, value in form.items():
        if isinstance(value, FileField):
            uploads[name] = Upload(name=value.filename, mime=value.content_type, content=value.file.read())
        else:
            values[name] = value if isinstance(value, str) else bytes(value).decode(errors="replace")
    return Params(values, uploads)
