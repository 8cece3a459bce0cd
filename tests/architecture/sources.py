"""The project's own Python files, read as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    *("contracts", "service_kit", "data_api", "migrations", "warehouse", "analytics_api"),
    *("streamlit_app", "pages", "lodge"),
    *("benchmarks", "tests"),
)


@dataclass(frozen=True)
class Source:
    """One file. `name` is its path from the root, with slashes."""

    name: str
    package: str
    text: str
    tree: ast.Module

    def imports(self) -> Iterator[str]:
        """The dotted names of what it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield "." * node.level + (node.module or "")


@cache
def sources() -> list[Source]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text("utf-8")
            found.append(Source(path.relative_to(ROOT).as_posix(), package, text, ast.parse(text)))
    assert len(found) > 100
    return found


def of(*packages: str) -> list[Source]:
    return [source for source in sources() if source.package in packages]
