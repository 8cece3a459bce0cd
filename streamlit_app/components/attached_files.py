"""What components are told of files: those of a report or message, and what may be added to a new one."""

from collections.abc import Sequence
from typing import Any

from contracts.attachments import AttachmentRead, AttachmentRules
from streamlit_app.client.errors import ApiError
from streamlit_app.language.words import count
from streamlit_app.state import lists

MEGABYTE = 1024 * 1024


def shown_files(files: Sequence[AttachmentRead]) -> list[dict[str, Any]]:
    return [
        {
            "id": file.id,
            "name": file.name,
            "kind": _kind(file.type),
            "size": file.size,
            "has_thumbnail": file.has_thumbnail,
        }
        for file in files
    ]


def _kind(media_type: str) -> str:
    try:
        return lists.file_kind(media_type)
    except ApiError:
        return media_type


def file_rules() -> dict[str, Any] | None:
    """Returns what may be added; None while the data API cannot be asked."""
    try:
        rules = lists.attachment_rules()
    except ApiError:
        return None
    return {
        "most": rules.max_with_one_text,
        "hours": rules.keep_drafts_hours,
        "sizes": {extension: kind.max_bytes for kind in rules.types for extension in kind.extensions},
        "accept": ",".join(f".{extension}" for kind in rules.types for extension in kind.extensions),
        "said": in_words(rules),
    }


def in_words(rules: AttachmentRules) -> str:
    usual = min(kind.max_bytes for kind in rules.types)
    larger = [f"{kind.name}s up to {kind.max_bytes // MEGABYTE} MB" for kind in rules.types if kind.max_bytes > usual]
    sizes = ", ".join([f"each up to {usual // MEGABYTE} MB", *larger])
    listed = ", ".join(kind.extensions[0] for kind in rules.types)
    return f"At most {count(rules.max_with_one_text, 'file', 'files')}, {sizes}: {listed}."
