"""docs/monitoring.md: its configuration of Prometheus can be read, and what it names exists and is explained."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import analytics_api.main
import data_api.main
from service_kit.metrics import Metrics
from streamlit_app.server.monitoring import UiMetrics
from tests.architecture.sources import ROOT
from tests.support.figures import Figures
from tests.support.serving import NO_DATABASE

PAGE = (ROOT / "docs/monitoring.md").read_text("utf-8")
CONFIGURATION, RULES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
METRIC = re.compile(r"\blodge_[a-z_]+\b")


def families_of(metrics: Metrics) -> set[str]:
    """The names of the metrics as they are told."""
    told = Figures(metrics.exposition().decode()).families
    return {f"{family.name}_total" if family.type == "counter" else family.name for family in told}


@pytest.fixture(scope="module")
def exist() -> set[str]:
    services = [data_api.main.create_app(NO_DATABASE), analytics_api.main.create_app(NO_DATABASE)]
    # The age of a replica is told once there is one.
    told = families_of(UiMetrics()).union(*(families_of(service.state.metrics) for service in services))
    return told | {"lodge_replica_lag_seconds"}


def test_every_metric_is_explained_and_every_explained_one_exists(exist: set[str]) -> None:
    named = set(METRIC.findall(PAGE))
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in named} == exist


def test_the_alerts_are_well_formed_and_each_has_a_name_of_its_own() -> None:
    (group,) = yaml.safe_load(RULES)["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert METRIC.search(rule["expr"]) or rule["expr"].startswith("up{")
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_prometheus_accepts_the_configuration(tmp_path: Path) -> None:
    """With promtool where the machine has it; what can be said without it is said everywhere."""
    configuration = yaml.safe_load(CONFIGURATION)
    assert configuration["rule_files"] == ["lodge-alerts.yml"]
    (job,) = configuration["scrape_configs"]
    ports = [target.rpartition(":")[2] for config in job["static_configs"] for target in config["targets"]]
    defaults = (NO_DATABASE.data_api_port, NO_DATABASE.analytics_api_port, NO_DATABASE.ui_port)
    assert ports == [str(port) for port in defaults]
    if promtool := shutil.which("promtool"):
        token = tmp_path / "token"
        token.write_text("x")
        (tmp_path / "lodge-alerts.yml").write_text(RULES)
        (tmp_path / "prometheus.yml").write_text(CONFIGURATION.replace("/etc/prometheus/lodge-token", str(token)))
        command = [promtool, "check", "config", str(tmp_path / "prometheus.yml")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
