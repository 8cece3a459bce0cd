"""Reads what a service tells at `/metrics`."""

from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from service_kit.metrics_token import metrics_token_file

TOKEN = "the-token-of-this-monitor"


def make_metrics_token(home: Path) -> None:
    file = metrics_token_file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(TOKEN)


class Figures:
    """The samples of one answer. Use it as `figures("lodge_live_streams")`, with labels where the metric has any."""

    def __init__(self, text: str) -> None:
        self.families = list(text_string_to_metric_families(text))

    def __call__(self, name: str, **labels: str) -> float:
        """Returns the sum of the samples that have these labels; 0 where there is none."""
        return sum(
            sample.value
            for family in self.families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def labels(self, name: str, label: str) -> set[str]:
        samples = [sample for family in self.families for sample in family.samples]
        return {sample.labels[label] for sample in samples if sample.name == name}


def figures_of(client: httpx.Client, token: str = TOKEN) -> Figures:
    # Not the client's own headers, which may be those of a person.
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return Figures(answer.text)
