"""Files kept, and the sizes of pictures."""

import struct

import pytest

from sandbox.telegram.chats.files import Files, Upload, image_size

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab" + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03" + bytes(9)
)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 20, 10), (20, 10)),
        (b"GIF89a" + struct.pack("<HH", 5, 6), (5, 6)),
        (JPEG, (40, 30)),
        (b"\xff\xd8\xff\xe0\x00\x04", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"text", None),
        (b"", None),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_head(content: bytes, size: tuple[int, int] | None) -> None:
    assert image_size(content) == size


def test_files_are_found_by_id_until_room_is_needed() -> None:
    files = Files()
    big = Upload(name="big", mime="x/y", content=bytes(40 << 20))
    first, second = files.add(big), files.add(big)
    assert files.get(first.file_id) is None
    assert files.get(second.file_id) == second
    assert files.get("unknown") is None
