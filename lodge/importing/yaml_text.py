"""Reads the part of YAML that mapping files use: mappings, lists and texts, of limited size."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from lodge.errors import LodgeError
from lodge.importing.files import open_regular
from lodge.terminal import quoted

MAX_BYTES = 262_144
MAX_DEPTH = 20
NOTHING = {"", "~", "null", "Null", "NULL"}


def read_yaml(path: Path) -> Any:
    """Reads a YAML file. Every value is a text exactly as written, also `01`, `yes` and `2026-03-01`; empty is None.

    Raises `LodgeError` when the file is no YAML, too large or nested too deeply, and for aliases and duplicate keys.
    """
    with open_regular(path) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise LodgeError(f"{path} has more than {MAX_BYTES:,} bytes. A mapping is a small YAML file: was it mistaken?")
    try:
        return yaml.load(content, _Loader)  # noqa: S506 (a loader that makes texts, lists and mappings only)
    except yaml.reader.ReaderError as error:
        raise LodgeError(f"{path} cannot be read as YAML: {error.reason}. Save it as UTF-8 text.") from None
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise LodgeError(f"{path} cannot be read as YAML: {where}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise LodgeError(f"{path} cannot be read as YAML: {error}") from None


class _Loader(yaml.BaseLoader):
    """Refuses aliases, because aliases of aliases can expand to a text that grows exponentially."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise _wrong(f"'*{event.anchor}' is an alias; they are not read here, so write it out", event.start_mark)
        if self.depth >= MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _wrong(f"it is nested deeper than {MAX_DEPTH} levels", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value in NOTHING else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.construct_object(item) for item in node.value]
        return self._mapping(node)

    def _mapping(self, node: Any) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _wrong("a key must be a text", key_node.start_mark)
            key = key_node.value
            if key in found:
                raise _wrong(f"the key {quoted(key)} stands twice", key_node.start_mark)
            found[key] = self.construct_object(value_node)
        return found


def _wrong(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
