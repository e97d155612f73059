"""Stand-ins for the images of Dockerfile and docker-compose.scale.yml, made where no registry can be reached.

Each has the name and the tag of the real image, so that both files are tried as they are. They are Debian
with Debian's packages, and an entrypoint that heeds what the compose file asks of the real one. They are for
trials on the machine that made them and for nothing else. Needs root, debootstrap and a mirror of Debian.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bench.compose_file import images_of
from runtime.deployment.nginx import program as nginx_program

BASE = "offline-debian:bookworm"
_APT = (
    "RUN apt-get -q update && apt-get -qq install -y --no-install-recommends {}"
    " && rm -rf /var/lib/apt/lists/*"
)
_POSTGRES_ENTRYPOINT = """\
#!/bin/bash
# What the official image does with these variables, no more: POSTGRES_USER, POSTGRES_DB,
# POSTGRES_PASSWORD_FILE, POSTGRES_INITDB_ARGS, and the scripts in /docker-entrypoint-initdb.d, once.
set -e
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA" && chmod 700 "$PGDATA"
  eval "initdb -D '$PGDATA' -U '$POSTGRES_USER' --pwfile='$POSTGRES_PASSWORD_FILE' $POSTGRES_INITDB_ARGS"
  printf '\\nhost all all all scram-sha-256\\n' >>"$PGDATA/pg_hba.conf"
  export PGHOST= PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" PGUSER="$POSTGRES_USER"
  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
  psql -v ON_ERROR_STOP=1 -d postgres -c "CREATE DATABASE \\"$POSTGRES_DB\\""
  for script in /docker-entrypoint-initdb.d/*.sh; do PGDATABASE="$POSTGRES_DB" bash "$script"; done
  pg_ctl -D "$PGDATA" -w stop
  unset PGHOST PGPASSWORD PGUSER
fi
exec "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """How one image is made."""

    steps: Sequence[str]
    """Lines of a Dockerfile behind FROM."""
    files: Mapping[str, Path | str] = field(default_factory=dict)
    """What the lines copy: a file of this machine, or a text."""


def _user(name: str, number: int, folder: str = "") -> list[str]:
    make = f"RUN groupadd -o -g {number} {name}-0 && useradd -o -u {number} -g {number} -M {name}-0"
    return [make, f"RUN install -d -o {number} -g {number} {folder}"] if folder else [make]


def _python() -> StandIn:
    """Debian's own Python, with what pip of this machine needs to reach its index."""
    files: dict[str, Path | str] = {}
    steps = [
        _APT.format("python3 python3-venv ca-certificates openssl"),
        "RUN ln -s /usr/bin/python3 /usr/local/bin/python",
    ]
    certificates = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    if certificates:
        files["certificates.pem"] = Path(certificates)
        steps += ["COPY certificates.pem /usr/local/share/pip.pem", "ENV PIP_CERT=/usr/local/share/pip.pem"]
    if index := os.environ.get("PIP_INDEX_URL"):
        steps.append(f"ENV PIP_INDEX_URL={index}")
    return StandIn(steps=steps, files=files)


def _nginx() -> StandIn:
    steps = [
        *_user("nginx", 101),
        "COPY nginx /usr/sbin/nginx",
        "STOPSIGNAL SIGQUIT",
        'CMD ["nginx", "-g", "daemon off;"]',
    ]
    return StandIn(steps=steps, files={"nginx": nginx_program()})


def _postgres() -> StandIn:
    steps = [
        "RUN mkdir -p /etc/postgresql-common",
        "RUN echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf",
        _APT.format("postgresql-15"),
        "RUN usermod -o -u 999 postgres && groupmod -o -g 999 postgres",
        "RUN install -d -o 999 -g 999 -m 700 /var/lib/postgresql/data",
        "RUN install -d -o 999 -g 999 /var/run/postgresql",
        "ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data LANG=C.UTF-8",
        "COPY entrypoint /usr/local/bin/docker-entrypoint.sh",
        "RUN chmod 755 /usr/local/bin/docker-entrypoint.sh",
        "STOPSIGNAL SIGINT",
        'ENTRYPOINT ["docker-entrypoint.sh"]',
        'CMD ["postgres"]',
    ]
    return StandIn(steps=steps, files={"entrypoint": _POSTGRES_ENTRYPOINT})


def _redis() -> StandIn:
    return StandIn(
        steps=[
            _APT.format("redis-server"),
            *_user("redis", 999, "/data"),
            "WORKDIR /data",
            'CMD ["redis-server"]',
        ]
    )


def _prometheus() -> StandIn:
    steps = [
        _APT.format("prometheus wget"),
        "RUN ln -s /usr/bin/prometheus /bin/prometheus 2>/dev/null || true",
        "RUN install -d -o 65534 -g 65534 /prometheus",
        'ENTRYPOINT ["/bin/prometheus"]',
    ]
    return StandIn(steps=steps)


def _alertmanager() -> StandIn:
    steps = [
        _APT.format("prometheus-alertmanager wget"),
        "RUN ln -s /usr/bin/prometheus-alertmanager /bin/alertmanager 2>/dev/null || true",
        "RUN install -d -o 65534 -g 65534 /alertmanager",
        'ENTRYPOINT ["/usr/bin/prometheus-alertmanager"]',
    ]
    return StandIn(steps=steps)


def _pgbouncer() -> StandIn:
    return StandIn(steps=[_APT.format("pgbouncer postgresql-client-15"), *_user("pgbouncer", 70)])


_STAND_INS = {
    "python": _python,
    "nginx": _nginx,
    "postgres": _postgres,
    "redis": _redis,
    "prometheus": _prometheus,
    "alertmanager": _alertmanager,
    "pgbouncer": _pgbouncer,
}


def make_missing(images: Sequence[str]) -> list[str]:
    """Make a stand-in for each image that is not on this machine; their names.

    Raises:
        RuntimeError: a stand-in is unknown, or cannot be made; the text says why.
    """
    missing = [image for image in images if not is_here(image)]
    if missing and not is_here(BASE):
        _make_base()
    for image in missing:
        _build(image)
    return missing


def is_here(image: str) -> bool:
    """Return whether the engine has an image."""
    return (
        subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode
        == 0
    )


def _make_base() -> None:
    if not shutil.which("debootstrap") or os.geteuid() != 0:
        raise RuntimeError(
            "stand-ins for images need root and debootstrap (on Debian: apt install debootstrap)"
        )
    with tempfile.TemporaryDirectory(prefix="debian-") as folder:
        root = Path(folder) / "root"
        _run(["debootstrap", "--variant=minbase", "bookworm", str(root)])
        with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as packed:
            _run(["docker", "import", "-", BASE], stdin=packed.stdout)


def _build(image: str) -> None:
    name = image.rpartition(":")[0].rpartition("/")[2]
    if name not in _STAND_INS:
        raise RuntimeError(f"no stand-in for {image} is known")
    made = _STAND_INS[name]()
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        for file, content in made.files.items():
            if isinstance(content, Path):
                shutil.copy(content, Path(folder) / file)
            else:
                (Path(folder) / file).write_text(content)
        (Path(folder) / "Dockerfile").write_text("\n".join([f"FROM {BASE}", *made.steps, ""]))
        _run(["docker", "build", "--network", "host", "-q", "-t", image, folder])


def _run(command: Sequence[str], stdin: IO[bytes] | None = None) -> None:
    done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} {command[1]} failed: {done.stderr.strip()[-2000:]}")


def main() -> int:
    """Make what is missing; the exit code."""
    with contextlib.suppress(KeyboardInterrupt):
        for image in make_missing(images_of()):
            print(f"made a stand-in for {image}")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
