"""The index of the decisions, from their titles: `python -m tests.architecture.decisions` writes it."""

from tests.architecture.sources import ROOT

FOLDER = ROOT / "docs/adr"
INDEX = FOLDER / "README.md"
HEAD = """# Decisions

Why Lodge is built as it is, where somebody could ask. Each page says what was decided and why, and mostly what else was
considered. The newest is on top. A later decision may change an earlier one, and then says so.
[Architecture](../architecture.md) describes what came of them.

"""


def render() -> str:
    pages = sorted(FOLDER.glob("[0-9]*.md"), reverse=True)
    titles = {page.name: page.read_text("utf-8").partition("\n")[0].removeprefix("# ") for page in pages}
    return HEAD + "".join(f"- [{title}]({name})\n" for name, title in titles.items())


if __name__ == "__main__":
    INDEX.write_text(render(), "utf-8")
