"""Pins the images that we build on and run by their digests: `make pin-images`, where a registry is reached.

A tag may be moved by whoever owns it; a digest names one content forever. The digests are asked of the
registries by `docker buildx imagetools`, and written behind the tags in Dockerfile and compose files:
`nginx:1.28.0@sha256:…`. Where no registry answers, nothing is written and nothing is made up.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("Dockerfile", "docker-compose.scale.yml")
IMAGE = re.compile(
    r"(?P<before>_IMAGE(?::-|=))(?P<image>[a-z0-9][a-z0-9./\-]*:[\w.\-]+)(?:@sha256:[0-9a-f]{64})?(?=[}\s])"
)
"""Each is the value of a variable, by which another may be taken: `${NGINX_IMAGE:-nginx:1.28.0-bookworm}`."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_OURS = "whale-watcher:"
"""Made here, so there is nothing to ask."""
_SECONDS = 60


class NoDigest(Exception):  # noqa: N818 - names say the fact
    """A registry did not tell the digest of an image; the text says why."""


def images_of(texts: Iterable[str]) -> list[str]:
    """The images of others that files name, by tag and without digest, each once."""
    found = (match["image"] for text in texts for match in IMAGE.finditer(text))
    return list(dict.fromkeys(image for image in found if not image.startswith(_OURS)))


def digest_of(image: str) -> str:
    """The digest of an image for all its platforms, by its registry.

    Raises:
        NoDigest: there is no docker, or no answer.
    """
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoDigest(f"{image}: {error}") from error
    if done.returncode or not DIGEST.fullmatch(done.stdout.strip()):
        said = (done.stderr.strip() or done.stdout.strip() or "no digest").splitlines()[0]
        raise NoDigest(f"{image}: {said}")
    return done.stdout.strip()


def pinned(text: str, digests: Mapping[str, str]) -> str:
    """The text with the digest behind each tag; an older digest is replaced."""

    def with_digest(match: "re.Match[str]") -> str:
        image = match["image"]
        return match["before"] + (f"{image}@{digests[image]}" if image in digests else image)

    return IMAGE.sub(with_digest, text)


def pin(folder: Path, ask: Callable[[str], str] = digest_of) -> dict[str, str]:
    """Write the digests of all images into the files of a folder: all of them, or none.

    Raises:
        NoDigest: one could not be had; no file was changed.
    """
    texts = {folder / name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    digests = {image: ask(image) for image in images_of(texts.values())}
    for file, text in texts.items():
        file.write_text(pinned(text, digests), encoding="utf-8")
    return digests


def main() -> int:
    """Pin, and say what was pinned; 1 where a registry did not answer."""
    try:
        digests = pin(ROOT)
    except NoDigest as error:
        sys.stderr.write(f"Nothing was changed. {error}\n")
        return 1
    print("\n".join(f"{image}@{digest}" for image, digest in digests.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
