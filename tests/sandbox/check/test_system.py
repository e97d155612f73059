"""The programs are started with the settings of a fresh installation."""

from pathlib import Path

import pytest

from sandbox.check.system import last_output, settings_of
from sandbox.local import LocalConfig, LocalSandbox


@pytest.mark.enable_socket
async def test_the_programs_use_the_sandbox_and_the_defaults_of_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALESCE_SECONDS", "1")
    async with LocalSandbox(LocalConfig(active=False)) as sandbox:
        settings = settings_of(sandbox, tmp_path)
        assert [url.reveal() for url in settings.rpc_urls] == [sandbox.chain.rpc_url]
        assert settings.telegram_api_url == sandbox.telegram.url
    assert settings.coalesce_seconds == 3.0
    assert settings.data_dir == tmp_path


def test_the_end_of_the_log_is_shown(tmp_path: Path) -> None:
    assert last_output(tmp_path) == ""
    (tmp_path / "run.log").write_text("\n".join(str(number) for number in range(20)))
    assert last_output(tmp_path, lines=2) == "18\n19"
