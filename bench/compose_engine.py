"""Docker and compose for the trial: started where they do not run, asked as an operator would ask them."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.compose_file import COMPOSE_FILE, ROOT, own_image
from runtime.embedded.ports import free_port

MISSING = "needs Docker and compose (on Debian: apt install docker.io docker-compose), which are not here"
_LIMITS = ("--default-ulimit", "nofile=20000:20000", "--default-ulimit", "nproc=1000:1000")
"""Where root may not raise its own limits, containers start only within them."""
_START_SECONDS = 60.0


def compose_command() -> list[str] | None:
    """`docker compose` or `docker-compose`, whichever is here; None: neither."""
    if not shutil.which("docker"):
        return None
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def engine_answers() -> bool:
    """Return whether an engine runs."""
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


@contextmanager
def engine() -> Iterator[None]:
    """An engine that runs: the one that is there, or one of our own, which ends with the block.

    Raises:
        RuntimeError: there is none, and none can be started.
    """
    if engine_answers():
        yield
        return
    daemon = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if daemon is None or os.geteuid() != 0:
        raise RuntimeError(MISSING)
    with subprocess.Popen(
        [daemon, *_LIMITS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            _wait(engine_answers, _START_SECONDS, "dockerd does not answer")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def build_image(tag: str = "") -> None:
    """Build the product's image; in the network of this machine, whose index pip can reach."""
    plain = (
        {}
        if subprocess.run(["docker", "buildx", "version"], capture_output=True, check=False).returncode == 0
        else {"DOCKER_BUILDKIT": "0"}
    )
    command = ["docker", "build", "--network", "host", "-q", "-t", tag or own_image(), str(ROOT)]
    run(command, environment=plain, seconds=900)


def own_layers_mib(image: str, base: str) -> float:
    """Return what an image adds to its base, in MiB."""
    sizes = [int(run(["docker", "image", "inspect", "-f", "{{.Size}}", one])) for one in (image, base)]
    return (sizes[0] - sizes[1]) / 2**20


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, seconds: float = 60) -> str:
    """Run a command and return what it printed.

    Raises:
        RuntimeError: it failed, or took longer; the text has the end of what it said.
    """
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(environment or {})},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"{' '.join(command[:4])} took more than {seconds:g} s") from late
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} failed: {(done.stderr or done.stdout).strip()[-1500:]}")
    return done.stdout.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One installation of docker-compose.scale.yml, with ports of its own on 127.0.0.1."""

    command: Sequence[str]
    name: str
    https_port: int
    http_port: int
    telegram_port: int
    prometheus_port: int
    alertmanager_port: int

    def compose(self, *words: str, profiles: str = "sandbox", seconds: float = 300, **settings: str) -> str:
        """Run compose."""
        environment = {
            "COMPOSE_PROFILES": profiles,
            "NGINX_HTTPS_PORT": str(self.https_port),
            "NGINX_HTTP_PORT": str(self.http_port),
            "SANDBOX_TELEGRAM_PORT": str(self.telegram_port),
            "PROMETHEUS_PORT": str(self.prometheus_port),
            "ALERTMANAGER_PORT": str(self.alertmanager_port),
            "BOT_TOKEN": "",
            "RPC_URLS": "",
            "SANDBOX_QUICK_MINUTES": "10000",
            "TELEGRAM_RATE": "1000",  # the sandbox has no limits here
            **settings,
        }
        head = [*self.command, "-p", self.name, "-f", str(COMPOSE_FILE)]
        return run([*head, *words], environment=environment, seconds=seconds)

    def containers(self, service: str = "") -> list[dict[str, Any]]:
        """All containers of a service, or of all, as `docker inspect` shows them."""
        wanted = [f"label=com.docker.compose.project={self.name}"]
        wanted += [f"label=com.docker.compose.service={service}"] if service else []
        filters = [word for one in wanted for word in ("--filter", one)]
        ids = run(["docker", "ps", "-aq", *filters]).split()
        return list(json.loads(run(["docker", "inspect", *ids]))) if ids else []

    def execute(self, container: str, *command: str) -> str:
        """Run a command in a container."""
        return run(["docker", "exec", container, *command])

    def unhealthy(self) -> list[str]:
        """The names of containers that ought to run and are not healthy."""
        found = []
        for one in self.containers():
            state, once = one["State"], one["HostConfig"]["RestartPolicy"]["Name"] in {"no", "on-failure"}
            is_well = state["ExitCode"] == 0 if once else state.get("Health", {}).get("Status") == "healthy"
            if not is_well or (once and state["Running"]):
                found.append(one["Name"].strip("/"))
        return found

    def until_healthy(self, seconds: float) -> None:
        """Wait until all that ought to run is healthy."""
        _wait(lambda: not self.unhealthy(), seconds, lambda: f"not healthy: {', '.join(self.unhealthy())}")


def _wait(happened: Any, seconds: float, otherwise: Any) -> None:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise RuntimeError(otherwise() if callable(otherwise) else otherwise)
        time.sleep(0.5)


@contextmanager
def project(command: Sequence[str], name: str) -> Iterator[Project]:
    """An installation without any data; gone at the end, with all that belongs to it."""
    made = Project(
        command=command,
        name=name,
        https_port=free_port(),
        http_port=free_port(),
        telegram_port=free_port(),
        prometheus_port=free_port(),
        alertmanager_port=free_port(),
    )
    everything = "sandbox,prometheus,pgbouncer"
    made.compose("down", "-v", "--remove-orphans", profiles=everything)
    try:
        yield made
    finally:
        with contextlib.suppress(RuntimeError):
            made.compose("down", "-v", "--remove-orphans", "-t", "5", profiles=everything)


def kill_as_a_crash_would(container: Mapping[str, Any]) -> None:
    """End the program of a container from outside, so that the engine starts it again."""
    pid = int(container["State"]["Pid"])
    if os.geteuid() == 0 and Path(f"/proc/{pid}").exists():
        os.kill(pid, signal.SIGKILL)
    else:
        run(["docker", "kill", str(container["Id"])])
