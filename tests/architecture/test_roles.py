"""No decision on a role outside the room of access: everything else asks for a permission.

What roles are called stands in tables of labels, one for each thing that is said of them.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from contracts.people import Role
from tests.architecture.sources import Source, of

ASK_FOR_PERMISSIONS = ("service_kit", "data_api", "warehouse", "analytics_api", "streamlit_app", "pages")
ROOM = "data_api/access/"
NAMES = {name for role in Role for name in (role.value, role.name)}
IN_SQL = re.compile(rf"['{{,]({'|'.join(Role)})['}},]")

# What roles are called: one table for each thing that is said of them.
LABELS = {
    ("data_api/sessions/service.py", "NAMELESS"): "the person whom everybody of a role shares",
    ("streamlit_app/language/words.py", "ROLES"): "the role on the screen",
    ("streamlit_app/components/sign_in.py", "LARGE"): "what one comes for, on the large cards",
    ("streamlit_app/components/sign_in.py", "SMALL"): "and on the small ones",
}
# By its beginning, a text with the same words in it that decides nothing on a role.
OTHER_TEXTS = {
    ("streamlit_app/analyses/cells.py", "agent"): "a column of an analysis",
    ("data_api/models/training_example.py", "source IN ('seed', 'admin', "): "who gave an example",
    (
        "warehouse/tables.py",
        "coalesce((SELECT role FROM unnest(ARRAY['admin', ",
    ): "which of several roles the figures name",
    ("warehouse/questions.py", "\nWITH replies AS ("): "whose messages count as replies",
}


def named_roles(source: Source) -> Iterator[tuple[int, str]]:
    """The line and the text of each place that names a role; the tables of labels and other texts left out."""
    passed_over = {id(key) for (_, table) in label_tables(source) for key in table.keys}
    passed_over |= {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    passed_over |= {id(node) for _, node in other_texts(source)}
    for node in ast.walk(source.tree):
        if id(node) not in passed_over and _names_role(node):
            yield getattr(node, "lineno", 0), ast.unparse(node)


def label_tables(source: Source) -> Iterator[tuple[str, ast.Dict]]:
    """With their names; only words are labels."""
    for statement in source.tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as table):
                if (source.name, name) in LABELS and all(map(_is_words, table.values)):
                    yield name, table


def _is_words(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in NAMES


def other_texts(source: Source) -> Iterator[tuple[str, ast.Constant]]:
    """With their beginnings."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (
                (text, node) for name, text in OTHER_TEXTS if name == source.name and node.value.startswith(text)
            )


def _names_role(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="Role") | ast.Attribute(attr="Role"), attr=name):
            return name in NAMES
        case ast.Constant(value=str(text)):
            return text in NAMES or IN_SQL.search(text) is not None
        case ast.alias(name="Role", asname=str()):
            return True  # under another name it would not be found
        case ast.ImportFrom(module="contracts.people", names=[ast.alias(name="*")]):
            return True
    return False


def outside() -> list[Source]:
    return [source for source in of(*ASK_FOR_PERMISSIONS) if not source.name.startswith(ROOM)]


def test_no_role_is_named_outside_the_room_of_access() -> None:
    assert [f"{source.name}:{line} {text}" for source in outside() for line, text in named_roles(source)] == []


def test_every_exception_is_still_needed() -> None:
    labels = {(source.name, name) for source in outside() for name, _ in label_tables(source)}
    texts = {(source.name, text) for source in outside() for text, _ in other_texts(source)}
    assert (labels, texts) == (set(LABELS), set(OTHER_TEXTS))


def written(text: str) -> Source:
    """As if the file of labels held it."""
    return Source("streamlit_app/language/words.py", "streamlit_app", text, ast.parse(text))


@pytest.mark.parametrize(
    "planted",
    [
        "if Role.ADMIN in actor.roles: show()",
        "if people.Role.ADMIN in actor.roles: show()",
        "shown = author.role is not Role.STUDENT",
        "shown = author.role == 'student'",
        "shown = 'agent' in person.roles",
        "STAFF = (Role.AGENT, Role.MANAGER)",
        "STAFF = {'agent', 'manager'}",
        "MAY_DELETE = {Role.ADMIN: True}",
        "LIMITS = {Role.STUDENT: 5, Role.AGENT: 50}",
        "ROLES = {Role.STUDENT: 'agent'}",
        "FIRST_PAGES = {Role.STUDENT: 'report'}",
        "def limit(role):\n    return {Role.STUDENT: 'few'}[role]",
        "match role:\n    case Role.ADMIN:\n        show()",
        "match role:\n    case 'admin':\n        show()",
        "admin = Role('admin')",
        "admin = Role['ADMIN']",
        "admin = getattr(Role, 'ADMIN')",
        "admins = text(\"SELECT id FROM person WHERE roles @> '{admin}'\")",
        "admins = text(f\"SELECT id FROM {table} WHERE 'admin' = ANY (roles)\")",
        "admins = text(\"SELECT id FROM person WHERE roles && '{agent,admin}'\")",
        "from contracts.people import Role as R",
        "from contracts.people import *",
    ],
)
def test_a_decision_on_a_role_is_found(planted: str) -> None:
    assert list(named_roles(written(planted)))


@pytest.mark.parametrize(
    "harmless",
    [
        '"""For admin: \'admin\' may do everything."""',
        "ROLES = {Role.STUDENT: 'Student', Role.AGENT: 'Helpdesk staff'}",
        "roles = [Role(role) for role in person.roles]",
        "known = ', '.join(Role)",
        "if actor.may(Permission.TICKETS_WORK): show()",
        "who = 'the student'",
    ],
)
def test_what_decides_nothing_is_left_alone(harmless: str) -> None:
    assert list(named_roles(written(harmless))) == []
