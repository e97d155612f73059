"""What docker-compose.scale.yml promises: by its text here, by the engine in test_engine.py."""

import os
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from bench.compose_engine import compose_command
from bench.compose_file import COMPOSE_FILE, ROOT, compose_file, images_of
from domain.jobs import Queue
from runtime.deployment.compose_setup import GeneratedPasswords, SetupFile, files_of
from runtime.settings.loading import load_settings, setting_names, unset_settings

SERVICES: Mapping[str, Any] = compose_file()["services"]
OF_COMPOSE = {
    *("BOTS", "DATA_DIR", "DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL", "CACHE_URL", "INSTANCE_ID"),
    *("PORT", "SANDBOX_HOST", "SANDBOX_RPC_PORT", "SANDBOX_TELEGRAM_PORT", "SANDBOX_REPLAY"),
}
"""Settings that the compose file decides by itself."""
ONCE = {"setup", "migrate"}
OWN_PROCESSES = 60
"""Of PostgreSQL, besides connections: workers, senders and receivers of the log, the check of its health."""


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_may_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    assert (service["user"] == "0:0") == (name == "setup")
    assert service.get("cap_add", []) == (["CHOWN", "DAC_READ_SEARCH"] if name == "setup" else [])
    assert name in ONCE or service["healthcheck"]["test"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_each_image_is_an_exact_tag_that_a_variable_may_replace(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.?\d*[\w.-]*", SERVICES[name]["image"])
    text = COMPOSE_FILE.read_text()
    images = re.findall(r"^ +image: (.+)$", text, re.MULTILINE)
    assert all(re.fullmatch(r"\$\{[A-Z_]+_IMAGE:-[^}]+\}", image) for image in images)


def test_the_base_image_of_both_files_is_the_same() -> None:
    assert f"PYTHON_IMAGE:-{images_of()[0]}" in COMPOSE_FILE.read_text()


def test_every_program_and_every_queue_has_its_container() -> None:
    commands = {tuple(service.get("command", ()))[2:] for service in SERVICES.values()}
    assert {("workers", queue.value) for queue in Queue} <= commands
    assert {("scanner",), ("workers", "dispatcher"), ("storage", "migrate"), ("sandbox",)} <= commands
    assert SERVICES["bot"]["scale"] == 3
    assert SERVICES["scanner"]["scale"] == 2


def test_each_setting_of_env_example_reaches_the_programs() -> None:
    """Add a new setting to x-settings in docker-compose.scale.yml, or to OF_COMPOSE here."""
    reached = {*SERVICES["bot"]["environment"], *SERVICES["setup"]["environment"]}
    reached |= {*SERVICES["sandbox"]["environment"]}
    assert [name for name in setting_names() if name not in reached and name not in OF_COMPOSE] == []


def test_no_secret_stands_in_the_environment_of_a_program() -> None:
    for name, service in SERVICES.items():
        environment = service.get("environment", {})
        secret = {
            "BOT_TOKEN",
            "RPC_URLS",
            "WS_URLS",
            "WEBHOOK_SECRET",
            "SECRETS_KEY",
            "OPENID_CLIENT_SECRET",
            "DATABASE_URL",
            "REDIS_URL",
            "CACHE_URL",
        }
        assert name == "setup" or not secret & set(environment), name
        assert not re.search(r"password=|://[^ ]*:[^ ]*@", str(service)), name


def test_only_nginx_can_be_reached_and_by_default_from_this_machine_only() -> None:
    text = COMPOSE_FILE.read_text()
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"nginx", "prometheus", "alertmanager", "grafana", "sandbox"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    addresses = [one.strip(' -"') for one in text.splitlines() if ":-127.0.0.1}:${NGINX" in one]
    assert addresses == [  # who opens TLS to the world does not open the other one with it
        "${NGINX_ADDRESS:-127.0.0.1}:${NGINX_HTTPS_PORT:-8443}:8443",
        "${NGINX_HTTP_ADDRESS:-127.0.0.1}:${NGINX_HTTP_PORT:-8080}:8080",
    ]
    assert compose_file()["networks"]["inside"] == {"internal": True}
    servers = ("postgres", "postgres-replica", "redis-queues", "redis-caches", "pgbouncer")
    assert all(SERVICES[name]["networks"] == ["inside"] for name in servers)


def test_what_depends_on_a_server_starts_when_that_is_healthy() -> None:
    for name, service in SERVICES.items():
        for other, condition in dict(service.get("depends_on") or {}).items():
            wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert condition == {"condition": wanted}, (name, other)


@pytest.mark.parametrize("name", ["postgres", "postgres-replica"])
def test_postgresql_may_have_a_process_for_each_connection_that_it_admits(name: str) -> None:
    options = " ".join(SERVICES[name]["command"])
    connections = int(re.findall(r"-cmax_connections=(\d+)", options)[0])
    assert SERVICES[name]["pids_limit"] >= connections + OWN_PROCESSES


@pytest.mark.parametrize("name", ["redis-queues", "redis-caches"])
def test_a_redis_is_full_before_its_container_is(name: str) -> None:
    """It refuses or evicts then; the engine would kill it, and again when it has read its file."""
    volume, file = SERVICES[name]["command"][1].split("/")[-1], {one.name: one for one in _written()}
    (megabytes,) = re.findall(r"^maxmemory (\d+)mb$", file[volume].text, re.MULTILINE)
    assert int(megabytes) <= 0.75 * int(SERVICES[name]["mem_limit"].removesuffix("m"))


def _written() -> list[SetupFile]:
    made_up = GeneratedPasswords(
        admin="a", database="b", replication="c", redis="d", webhook="e", grafana="f", secrets_key="g"
    )
    return files_of(load_settings(unset_settings()), made_up, frozenset({"sandbox"}), "")


def test_every_program_is_read_by_prometheus() -> None:
    text = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text()
    named = set(re.findall(r"^ {10}- ([\w-]+)$", text, re.MULTILINE))
    image = SERVICES["bot"]["image"]
    programs = {name for name, service in SERVICES.items() if service["image"] == image}
    assert named == programs - ONCE - {"sandbox"}


@pytest.mark.services
@pytest.mark.parametrize("profiles", ["", "sandbox,pgbouncer,prometheus,grafana"])
def test_compose_understands_the_file(profiles: str) -> None:
    command = compose_command()
    if command is None:
        pytest.skip("needs compose (on Debian: apt install docker-compose), which is not here")
    environment = {**os.environ, "COMPOSE_PROFILES": profiles}
    words = [*command, "-f", str(COMPOSE_FILE), "config", "--services"]
    checked = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert {"nginx", "bot", "postgres"} <= set(checked.stdout.split())
