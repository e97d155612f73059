"""What documents, jobs, keys and files promise of each other."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

from chain.decoders.meaning import DECODERS
from domain.jobs import FUNCTIONS, Queue
from runtime.processes.programs import WHOLE_SYSTEM, Program

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize(
    "name",
    [*(one.__module__.rpartition(".")[2] for one in DECODERS), "bargains", "filled_orders", "issuance"],
)
def test_every_decoder_has_a_test_module_with_a_recorded_transaction(name: str) -> None:
    text = (ROOT / "tests" / "chain" / "decoders" / f"test_{name}.py").read_text(encoding="utf-8")
    assert re.search(r"\brecorded_\w+\(|\brecorded\.(?:fault|transactions)\(|\bfault_activity\(", text)


@pytest.mark.parametrize("dotted", FUNCTIONS.values())
def test_every_job_payload_has_its_function(dotted: str) -> None:
    module, _, name = dotted.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_every_queue_has_a_worker_in_the_whole_system() -> None:
    started = {program.arguments[-1] for program in WHOLE_SYSTEM.programs}
    assert {queue.value for queue in Queue} <= started


@pytest.mark.parametrize("program", [*WHOLE_SYSTEM.programs, WHOLE_SYSTEM.sandbox, WHOLE_SYSTEM.migrate])
def test_every_program_that_is_started_exists(program: Program) -> None:
    module = program.arguments[1]
    assert (ROOT / module / "__main__.py").exists()


def test_redis_keys_are_built_in_one_place() -> None:
    elsewhere = [
        path.relative_to(ROOT)
        for path in ROOT.glob("*/**/*.py")
        if not {".venv", "tests", "bench"} & set(path.relative_to(ROOT).parts)
        and path.name != "keys.py"
        and re.search(r'"whale:', path.read_text(encoding="utf-8"))
    ]
    assert not elsewhere


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_files_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:bot|chain|docs|domain|messaging|runtime|sandbox|scanner|storage|tests|workers)/[\w./]*)`", text
    )
    linked = re.findall(r"\]\(([\w./-]+)\)", text)
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [name for name in linked if not (path.parent / name).exists()]
    assert not missing


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_make_targets_that_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert {one or other for one, other in named} <= targets


def test_lock_files_pin_with_hashes_and_name_no_host() -> None:
    for path in (ROOT / "requirements").glob("*.lock"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#", "-"))]
        assert all(re.match(r"[\w.-]+(\[[\w,-]+\])?==", pin) for pin in pins)


def test_the_run_lock_holds_what_the_project_asks_for() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    wanted = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert wanted is not None
    names = re.findall(r'^\s+"([\w-]+)', wanted.group(1), re.MULTILINE)
    locked = (ROOT / "requirements" / "run.lock").read_text()
    assert [name for name in names if not re.search(rf"^{name}(\[\w+\])?==", locked, re.MULTILINE)] == []


def test_no_committed_file_is_large_or_holds_a_private_key() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    assert [path for path in files if path.stat().st_size > 400_000] == []
    marks = ("BEGIN " + "PRIVATE KEY", "BEGIN RSA " + "PRIVATE KEY")
    assert [p for p in files if any(mark in p.read_text(errors="replace") for mark in marks)] == []
