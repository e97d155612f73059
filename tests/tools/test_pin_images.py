"""Images are named by exact tags, and pinned by the digests that registries tell, or not at all."""

import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from tools.pin_images import FILES, IMAGE, ROOT, NoDigest, digest_of, images_of, pin, pinned

SHA = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32


def folder_of(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_every_image_has_an_exact_tag() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in FILES]
    images = images_of(texts)
    assert any(image.startswith("python:") for image in images)
    assert [image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?[\w.\-]*$", image)] == []
    named = [line.strip() for line in "\n".join(texts).splitlines() if re.match(r"\s*(image:|FROM )", line)]
    assert [line for line in named if "_IMAGE" not in line and " AS " not in line] == []


def test_digests_are_written_behind_all_tags_and_replaced_later(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    digests = pin(folder, lambda _: SHA)
    assert digests.keys() == set(images_of((ROOT / name).read_text(encoding="utf-8") for name in FILES))
    texts = [(folder / name).read_text(encoding="utf-8") for name in FILES]
    assert f"python:3.11.13-slim-bookworm@{SHA}" in texts[0] or f"@{SHA}" in texts[0]
    assert all(image in digests or image.startswith("whale-watcher:") for image in images_of(texts))
    pin(folder, lambda _: OTHER)
    assert SHA not in "".join((folder / name).read_text(encoding="utf-8") for name in FILES)
    assert images_of(texts) == [*digests]


def test_our_own_image_is_left_alone() -> None:
    line = "image: ${WHALE_WATCHER_IMAGE:-whale-watcher:0.1.0}\n"
    assert pinned(line, {}) == line
    assert images_of([line]) == []


def test_nothing_is_written_when_one_registry_does_not_answer(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    before = [(folder / name).read_bytes() for name in FILES]

    def ask(image: str) -> str:
        if image.startswith("nginx"):
            raise NoDigest(image)
        return SHA

    with pytest.raises(NoDigest):
        pin(folder, ask)
    assert before == [(folder / name).read_bytes() for name in FILES]


@pytest.mark.parametrize(
    "script", ["exit 1", "echo not-a-digest", f"echo {SHA[:-1]}"], ids=["refused", "nonsense", "cut"]
)
def test_only_a_whole_digest_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    _docker(tmp_path, monkeypatch, script)
    with pytest.raises(NoDigest, match=r"nginx:1\.28\.0"):
        digest_of("nginx:1.28.0")


def test_docker_is_asked_for_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _docker(tmp_path, monkeypatch, f'[ "$4" = nginx:1.28.0 ] && echo {SHA}')
    assert digest_of("nginx:1.28.0") == SHA


def test_without_docker_there_is_no_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoDigest):
        digest_of("nginx:1.28.0")


def test_an_image_is_found_with_its_digest() -> None:
    [found] = IMAGE.finditer(f"image: ${{NGINX_IMAGE:-nginx:1.28.0-bookworm@{SHA}}}")
    assert found["image"] == "nginx:1.28.0-bookworm"


def _docker(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program `docker` that does what the script says; the real one needs a registry."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
