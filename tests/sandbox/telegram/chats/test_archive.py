"""Conversations outlive a restart of the sandbox."""

import asyncio
from pathlib import Path

import pytest

from sandbox.telegram import SandboxTelegram, TelegramConfig
from sandbox.telegram import server as module
from sandbox.telegram.chats import archive
from sandbox.telegram.chats.people import MessageTarget


def _config(file: Path) -> TelegramConfig:
    return TelegramConfig(archive=file)


def _texts(telegram: SandboxTelegram, chat_id: int) -> list[str | None]:
    return [one.text for one in telegram.people.room_of(chat_id).messages.values()]


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_messages_people_groups_and_standings_are_there_again_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "chats.json"
    async with SandboxTelegram(_config(file)) as first:
        alice, *_ = first.known_users()
        dora = first.people.add_user("Dora", started=True)
        group = first.people.add_group("New group", {alice.id: "creator", dora.id: "member"}, forum=True)
        topic = first.people.add_topic(group, "Alerts")
        first.people.send(alice.id, "hello")
        first.people.send(dora.id, "in the topic", MessageTarget(chat_id=group, thread_id=topic))
        first.people.block(dora.id)
    async with SandboxTelegram(_config(file)) as again:
        assert [user.first_name for user in again.known_users()] == ["Alice", "Bob", "Carol", "Dora"]
        assert _texts(again, alice.id) == ["hello"]
        assert "in the topic" in _texts(again, group)
        assert [one.name for one in again.people.room_of(group).topics.values()] == ["Alerts"]
        assert again.people.room_of(dora.id).standing == "kicked"
        assert again.people.room_of(dora.id).user == dora


async def test_ids_go_on_so_that_an_old_message_is_never_mistaken_for_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "chats.json"
    async with SandboxTelegram(_config(file)) as first:
        alice, bob, *_ = first.known_users()
        old = [first.people.send(one.id, "hello").message_id for one in (alice, bob, alice)]
        dora = first.people.add_user("Dora")
        groups = {
            first.people.add_group("G", {alice.id: "creator"}, kind=kind) for kind in ("group", "supergroup")
        }
    async with SandboxTelegram(_config(file)) as again:
        assert again.people.send(bob.id, "again").message_id > max(old)
        assert again.people.add_user("Emil").id > dora.id
        assert again.people.add_group("H", {alice.id: "creator"}, kind="group") not in groups
        assert again.people.add_group("H", {alice.id: "creator"}) not in groups


async def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    async with SandboxTelegram(TelegramConfig()) as telegram:
        telegram.people.send(telegram.known_users()[0].id, "hello")
    assert _names(tmp_path) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version":1,"users":1}', b'{"version":9,"users":[],"rooms":[]}']
)
async def test_a_file_that_cannot_be_read_is_as_good_as_empty(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "chats.json"
    file.write_bytes(content)
    async with SandboxTelegram(_config(file)) as telegram:
        assert len(telegram.known_users()) == 3
    async with SandboxTelegram(_config(file)) as again:
        assert len(again.known_users()) == 3


async def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MESSAGES", 20)
    file = tmp_path / "chats.json"
    async with SandboxTelegram(_config(file)) as telegram:
        alice, *_ = telegram.known_users()
        for number in range(50):
            telegram.people.send(alice.id, str(number))
    async with SandboxTelegram(_config(file)) as again:
        assert _texts(again, alice.id) == [str(number) for number in range(30, 50)]
    monkeypatch.setattr(archive, "MAX_BYTES", 100)
    assert b'"text":"48"' not in archive.encoded(telegram._state)
    assert b'"text":"49"' in archive.encoded(telegram._state)


async def test_it_is_written_while_it_runs_for_a_kill_may_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEEP_SECONDS", 0.02)
    file = tmp_path / "chats.json"
    async with asyncio.timeout(10), SandboxTelegram(_config(file)) as telegram:
        telegram.people.send(telegram.known_users()[0].id, "hello")
        while b"hello" not in _content(file):  # noqa: ASYNC110 - a file is watched
            await asyncio.sleep(0.02)
    assert _names(tmp_path) == ["chats.json"]


async def test_a_folder_that_cannot_be_written_costs_the_file_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with SandboxTelegram(_config(tmp_path / "absent" / "chats.json")) as telegram:
        telegram.people.send(telegram.known_users()[0].id, "hello")
    assert "are not kept" in caplog.text
