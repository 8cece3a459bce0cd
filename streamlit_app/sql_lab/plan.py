"""The plan of a query as indented text: each step stands above the steps that it gets its rows from."""

import json
from collections.abc import Iterator
from typing import Any

import streamlit as st

from contracts.sql import SqlAnswer

COLUMNS = ["explain_key", "explain_value"]
HOW_TO_READ = (
    "Each step gets its rows from those that are indented under it, so read from the bottom. "
    "The number of rows is an estimate."
)


def is_plan(answer: SqlAnswer) -> bool:
    return [column.name for column in answer.columns] == COLUMNS


def draw_plan(answer: SqlAnswer) -> None:
    st.caption(HOW_TO_READ)
    for _, value in answer.rows:
        st.code(as_text(value), language=None)


def as_text(plan: Any) -> str:
    """Returns a plan in JSON as indented lines, and anything else as it is: any query can name its columns so."""
    try:
        return "\n".join(line for step in json.loads(plan) for line in _lines(step, 0))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return str(plan)


def _lines(step: dict[str, Any], depth: int) -> Iterator[str]:
    told = dict(step.get("extra_info") or {})
    rows = told.pop("Estimated Cardinality", None)
    said = [f"{name}: {_flat(value)}" for name, value in told.items() if value]
    name = step["name"].strip().replace("_", " ").lower()
    yield "  " * depth + f"{name}{f', about {int(rows):,} rows' if rows else ''}"
    yield from ("  " * depth + f"  · {line}" for line in said)
    for child in step.get("children", []):
        yield from _lines(child, depth + 1)


def _flat(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
