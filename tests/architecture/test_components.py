"""The scripts of components."""

import re

from streamlit_app.components.component_files import FOLDER, PARTS

TOP_LEVEL = re.compile(r"^(?:const|let|function|class)\s+(\w+)", re.MULTILINE)


def test_no_script_declares_what_base_js_declares() -> None:
    """base.js stands before each of them in one module, where a name can be declared only once."""
    base = set(TOP_LEVEL.findall((FOLDER / "base.js").read_text("utf-8")))
    scripts = [file for file in FOLDER.glob("*.js") if file.name != "base.js"]
    assert base
    assert scripts
    assert {file.name for file in scripts if base & set(TOP_LEVEL.findall(file.read_text("utf-8")))} == set()


def test_no_two_scripts_of_one_component_declare_the_same() -> None:
    for component, parts in PARTS.items():
        names = [name for part in (*parts, component) for name in TOP_LEVEL.findall(read(part))]
        assert sorted(names) == sorted(set(names)), component


def read(part: str) -> str:
    return (FOLDER / f"{part}.js").read_text("utf-8")
