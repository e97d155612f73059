"""Photos and documents; the newest are kept in memory."""

import secrets
import struct
from collections import OrderedDict
from dataclasses import dataclass

_MAX_KEPT_BYTES = 64 << 20
_PNG = b"\x89PNG\r\n\x1a\n"
_GIF = (b"GIF87a", b"GIF89a")
_JPEG = b"\xff\xd8"
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was uploaded."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file under its id."""

    file_id: str
    unique_id: str
    upload: Upload
    size: tuple[int, int] | None  # width and height of an image


class Files:
    """Files by id; the oldest are dropped when all together become too big."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._bytes = 0

    def add(self, upload: Upload) -> StoredFile:
        """Keep a file."""
        unique = secrets.token_urlsafe(8)
        stored = StoredFile(
            file_id=f"AgACAgIAAxk{unique}{secrets.token_urlsafe(18)}",
            unique_id=unique,
            upload=upload,
            size=image_size(upload.content),
        )
        self._files[stored.file_id] = stored
        self._bytes += len(upload.content)
        while self._bytes > _MAX_KEPT_BYTES and len(self._files) > 1:
            self._bytes -= len(self._files.popitem(last=False)[1].upload.content)
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """The file; None: it is unknown or was dropped."""
        return self._files.get(file_id)


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG; None for anything else."""
    if content.startswith(_PNG) and len(content) >= len(_PNG) + 16:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in _GIF and len(content) >= len(_GIF[0]) + 4:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg_size(content) if content.startswith(_JPEG) else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = len(_JPEG)
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 - begins a marker
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if content[at + 1] in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
