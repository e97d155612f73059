"""First step of docker-compose.scale.yml: generates passwords once, and writes each container's files.

`python -m runtime compose-setup` writes into one volume for each kind of container. What it makes up it keeps
in a volume that nobody else sees. It may run again at any time: what is kept stays, the rest follows the
settings.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runtime.clock import monotonic
from runtime.deployment.nginx import SETTINGS_FILE, http_settings
from runtime.embedded.processes import run_command
from runtime.settings.loading import load_settings
from runtime.settings.parsing import Mistake, SettingsError
from runtime.settings.secret import Secret
from runtime.settings.settings import SANDBOX_BOT_TOKEN, SANDBOX_OPERATOR, Settings

VOLUMES = Path("/setup")
"""Each folder in it is a volume."""
PROGRAMS, POSTGRES, REDIS, NGINX, PGBOUNCER, GRAFANA = 10001, 999, 999, 101, 70, 472
"""The users that the images run as."""
_MADE_UP = ("admin", "database", "replication", "redis", "webhook", "grafana", "secrets_key")
_EXAMPLES_SECONDS = 60.0
_SECRETS = "/run/secrets"
EXAMPLES_FILE = "example-wallets"
"""In the sandbox's DATA_DIR: it writes its whales there before its ports answer."""
_REDIS = """\
bind 0.0.0.0
port 6379
dir /data
requirepass {password}
save ""
"""
_QUEUES = """\
appendonly yes
appendfsync everysec
maxmemory 384mb
maxmemory-policy noeviction
"""
_CACHES = """\
appendonly no
maxmemory 192mb
maxmemory-policy allkeys-lru
"""
_PGBOUNCER = """\
[databases]
whale = host=postgres port=5432 dbname=whale
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
unix_socket_dir =
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
pool_mode = transaction
default_pool_size = 40
max_client_conn = 2000
server_idle_timeout = 60
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFile:
    """One file in one volume, readable by the user of its container alone."""

    volume: str
    name: str
    text: str
    user: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedPasswords:
    """Generated passwords, which no person has to know."""

    admin: str
    """Of PostgreSQL's superuser."""
    database: str
    """Of the programs in PostgreSQL."""
    replication: str
    redis: str
    webhook: str
    grafana: str
    secrets_key: str
    """Seals what people entrust; nowhere but in the volume `kept` and with the programs."""


def files_of(
    settings: Settings, made_up: GeneratedPasswords, profiles: frozenset[str], examples: str
) -> list[SetupFile]:
    """Every file of every container.

    Args:
        settings: as the operator set them; with a WEBHOOK_SECRET in any case.
        made_up: the passwords.
        profiles: of compose, that are in use.
        examples: the sandbox's whales; empty without one.

    Raises:
        SettingsError: BOT_TOKEN or RPC_URLS is missing, and there is no sandbox.
    """
    complete = with_sandbox(settings, profiles)
    texts = _program_files(complete, made_up, profiles, examples)
    return [
        *(SetupFile(volume="programs", name=name, text=text, user=PROGRAMS) for name, text in texts.items()),
        SetupFile(volume="postgres", name="admin_password", text=made_up.admin, user=POSTGRES),
        SetupFile(volume="postgres", name="database_password", text=made_up.database, user=POSTGRES),
        SetupFile(volume="postgres", name="replication_password", text=made_up.replication, user=POSTGRES),
        SetupFile(volume="redis", name="password", text=made_up.redis, user=REDIS),
        SetupFile(volume="redis", name="queues.conf", text=_redis(made_up, _QUEUES), user=REDIS),
        SetupFile(volume="redis", name="caches.conf", text=_redis(made_up, _CACHES), user=REDIS),
        SetupFile(volume="nginx", name=SETTINGS_FILE.name, text=http_settings(complete), user=NGINX),
        SetupFile(volume="pgbouncer", name="pgbouncer.ini", text=_PGBOUNCER, user=PGBOUNCER),
        SetupFile(
            volume="pgbouncer", name="userlist.txt", text=f'"whale" "{made_up.database}"\n', user=PGBOUNCER
        ),
        SetupFile(volume="grafana", name="admin_password", text=made_up.grafana, user=GRAFANA),
    ]


def with_sandbox(settings: Settings, profiles: frozenset[str]) -> Settings:
    """The settings with the sandbox in place of what is missing.

    Raises:
        SettingsError: something is missing, and the profile `sandbox` is not in use.
    """
    missing = [name for name in ("BOT_TOKEN", "RPC_URLS") if not getattr(settings, name.lower())]
    if missing and "sandbox" not in profiles:
        what = "must be set in .env; or see everything without it: COMPOSE_PROFILES=sandbox"
        raise SettingsError(tuple(Mistake(name=name, what=what) for name in missing))
    if "BOT_TOKEN" in missing:
        settings = replace(
            settings,
            bot_token=SANDBOX_BOT_TOKEN,
            telegram_api_url="http://sandbox:8081",
            webhook_url=settings.webhook_url or "https://nginx:8443/telegram",
            admin_ids=settings.admin_ids or frozenset({SANDBOX_OPERATOR}),
        )
    if "RPC_URLS" in missing:
        chain = "sandbox" if settings.chain == "solana" else settings.chain
        node, stream = Secret("http://sandbox:8899"), Secret("ws://sandbox:8900")
        settings = replace(settings, chain=chain, rpc_urls=(node,), ws_urls=(stream,))
    return settings


def _program_files(
    settings: Settings, made_up: GeneratedPasswords, profiles: frozenset[str], examples: str
) -> dict[str, str]:
    """What the programs read, by name. What is no secret and depends on a sandbox stands in settings.env."""
    direct = _postgres_url(made_up, "postgres", 5432)
    pooled = _postgres_url(made_up, "pgbouncer", 6432) if "pgbouncer" in profiles else direct
    written = {
        "CHAIN": settings.chain,
        "TELEGRAM_API_URL": settings.telegram_api_url,
        "WEBHOOK_URL": settings.webhook_url,
        "ADMIN_IDS": ",".join(map(str, sorted(settings.admin_ids))),
        "EXAMPLE_WALLETS_FILE": f"{_SECRETS}/example_wallets" if examples else "",
        "OPENID_CLIENT_SECRET_FILE": f"{_SECRETS}/openid" if settings.openid_client_secret else "",
        "WS_URLS_FILE": f"{_SECRETS}/ws_urls" if settings.ws_urls else "",
    }
    return {
        "bot_token": settings.bot_token.reveal(),
        "rpc_urls": _joined(settings.rpc_urls),
        "webhook_secret": settings.webhook_secret.reveal(),
        "openid": settings.openid_client_secret.reveal(),
        "secrets_key": _joined(settings.secrets_key) or made_up.secrets_key,
        "database_url": pooled,
        "database_direct_url": direct,
        "database_read_url": _postgres_url(made_up, "postgres-replica", 5432),
        "redis_url": f"redis://:{made_up.redis}@redis-queues:6379/0",
        "cache_url": f"redis://:{made_up.redis}@redis-caches:6379/0",
        "example_wallets": examples,
        "ws_urls": _joined(settings.ws_urls),
        "settings.env": "".join(f"{name}={value}\n" for name, value in written.items() if value),
    }


def _postgres_url(made_up: GeneratedPasswords, host: str, port: int) -> str:
    return f"postgresql://whale:{made_up.database}@{host}:{port}/whale"


def _joined(urls: tuple[Secret, ...]) -> str:
    return ",".join(url.reveal() for url in urls)


def _redis(made_up: GeneratedPasswords, rest: str) -> str:
    return _REDIS.format(password=made_up.redis) + rest


def set_up(environ: Mapping[str, str], volumes: Path = VOLUMES) -> None:
    """Write all files.

    Args:
        environ: the settings as the operator made them; COMPOSE_PROFILES says which profiles are in use.
        volumes: the folder of the volumes.

    Raises:
        SettingsError: a setting is wrong or missing; no container has got anything.
    """
    made_up = GeneratedPasswords(**{name: _kept(volumes / "kept" / name) for name in _MADE_UP})
    settings = load_settings({**environ, "WEBHOOK_SECRET": environ.get("WEBHOOK_SECRET") or made_up.webhook})
    profiles = frozenset(environ.get("COMPOSE_PROFILES", "").split(","))
    with_sandbox(settings, profiles)
    examples = ""
    if "sandbox" in profiles and not settings.example_wallets and not settings.rpc_urls:
        examples = _awaited(volumes / "sandbox" / EXAMPLES_FILE)
    for file in files_of(settings, made_up, profiles, examples):
        write(volumes, file)
    _make_certificate(volumes / "certificates")


def write(volumes: Path, file: SetupFile) -> None:
    """Replace one file whole; only the user of its container may read it."""
    target = volumes / file.volume / file.name
    target.parent.mkdir(exist_ok=True)
    staging = target.with_name(f".{file.name}.new")
    staging.unlink(missing_ok=True)
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(file.text)
        _give(staging, file.user)
    staging.replace(target)


def _give(file: Path, user: int) -> None:
    if os.geteuid() == 0:
        os.chown(file, user, user)


def _kept(file: Path) -> str:
    """Return what was made up before, or something new."""
    if not file.exists():
        made_up = secrets.token_urlsafe(32)
        write(file.parents[1], SetupFile(volume=file.parent.name, name=file.name, text=made_up, user=0))
    return file.read_text(encoding="utf-8")


def _awaited(file: Path) -> str:
    """Return what the sandbox writes before it listens; empty when it does not come in time."""
    until = monotonic() + _EXAMPLES_SECONDS
    while not file.exists() and monotonic() < until:
        time.sleep(0.1)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _make_certificate(folder: Path) -> None:
    """A certificate of our own where there is none, so that nginx starts; Telegram wants a real one."""
    folder.mkdir(exist_ok=True)
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    if chain.exists() and key.exists():
        return
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650")
    names = ("-subj", "/CN=whale-watcher", "-addext", "subjectAltName=DNS:nginx")
    command = ["openssl", "req", "-x509", *kind, *names, "-keyout", str(key), "-out", str(chain)]
    run_command(command, folder=folder)
    for file in (chain, key):
        _give(file, NGINX)
