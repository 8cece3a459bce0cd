"""Roles are rows, people belong to teams, and more is known of a person."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.feed import leave_out, write_changes_of

revision = "0017"
down_revision = "0016"

STUDENT = ["tickets:report", "tickets:read-shared"]
AGENT = [*STUDENT, "tickets:read-all", "tickets:work", "people:read", "analyses:read"]
# Administrators may do everything, whatever their row says.
BUILT_IN = {
    "student": ("Student", "Reports problems and follows them.", STUDENT),
    "agent": ("Helpdesk staff", "Works on tickets.", AGENT),
    "analyst": ("Data team", "Explores the figures.", ["tickets:report", "analyses:read", "sql:run"]),
    "manager": ("Manager", "Works on tickets, and manages people and teams.",
                [*AGENT, "people:manage", "teams:manage", "sql:run"]),
    "admin": ("Administrator", "May do everything.", []),
}  # fmt: skip
PERSON: dict[str, sa.types.TypeEngine[Any]] = {
    "email": sa.String(254),
    "team_id": sa.BigInteger(),
    "capacity": sa.Integer(),
    "away_from": sa.Date(),
    "away_until": sa.Date(),
    "deactivated_at": sa.DateTime(timezone=True),
}
# Only checks of the columns that this migration adds; they go with their columns.
CHECKS = {"email": "email = lower(email)", "capacity": "capacity >= 0", "away": "away_until >= away_from"}
TOLD_BEFORE = ["roles"]

# Stands in for a foreign key, which Postgres does not have for the elements of an array. The rows of the roles are
# locked as a foreign key would lock them, so that a role cannot be deleted while somebody is being given it.
TRIGGERS = """
CREATE FUNCTION check_roles_exist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given text[] := ARRAY(SELECT DISTINCT unnest(roles) FROM new_rows);
    found bigint;
BEGIN
    SELECT count(*) INTO found FROM (SELECT FROM role WHERE slug = ANY (given) FOR KEY SHARE) AS held;
    IF found < cardinality(given) THEN
        RAISE EXCEPTION 'a person has a role that does not exist'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'person_roles', TABLE = 'person';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION check_role_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM person WHERE roles @> ARRAY[OLD.slug]) THEN
        RAISE EXCEPTION 'somebody has this role'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'person_roles', TABLE = 'role';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER check_roles_insert AFTER INSERT ON person REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_roles_exist();
CREATE TRIGGER check_roles_update AFTER UPDATE ON person REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_roles_exist();
CREATE TRIGGER check_role_delete BEFORE DELETE ON role FOR EACH ROW EXECUTE FUNCTION check_role_is_free();
CREATE TRIGGER check_role_update BEFORE UPDATE OF slug ON role
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION check_role_is_free();
"""
WITHOUT_TRIGGERS = """
DROP TRIGGER check_roles_insert ON person;
DROP TRIGGER check_roles_update ON person;
DROP TRIGGER check_role_delete ON role;
DROP TRIGGER check_role_update ON role;
DROP FUNCTION check_roles_exist();
DROP FUNCTION check_role_is_free();
"""
# Going back, nobody may keep a role that the version before does not know. Whoever had only such roles is a student.
ONLY_BUILT_IN = """
UPDATE person SET roles = coalesce(
    nullif(ARRAY(SELECT unnest(roles) INTERSECT SELECT unnest(:known)), '{}'), ARRAY['student']::varchar[]
) WHERE NOT roles <@ :known
"""


def upgrade() -> None:
    _add_roles()
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.String(500), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("slug", name=op.f("uq_team_slug")),
    )
    write_changes_of("team", ("slug", "name", "description"))
    for name, kind in PERSON.items():
        op.add_column("person", sa.Column(name, kind))
    op.add_column("person", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_person_{name}"), "person", condition)
    op.create_foreign_key(op.f("fk_person_team_id"), "person", "team", ["team_id"], ["id"])
    op.create_index(op.f("ix_person_team_id"), "person", ["team_id"])
    op.create_index(
        "uq_person_email", "person", ["email"], unique=True, postgresql_ops={"email": "varchar_pattern_ops"}
    )
    write_changes_of("person", ("roles", "team_id", "capacity", "deactivated_at"))
    op.create_table(
        "person_expertise",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_expertise_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_person_expertise_category_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "category_id", name=op.f("pk_person_expertise")),
    )
    op.create_index(op.f("ix_person_expertise_category_id"), "person_expertise", ["category_id"])


def _add_roles() -> None:
    role = op.create_table(
        "role",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.String(500), server_default="", nullable=False),
        sa.Column("permissions", pg.ARRAY(sa.String()), nullable=False),
        sa.Column("is_built_in", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("slug", name=op.f("uq_role_slug")),
    )
    rows = [
        {"slug": slug, "name": name, "description": description, "permissions": permissions, "is_built_in": True}
        for slug, (name, description, permissions) in BUILT_IN.items()
    ]
    op.execute(sa.insert(role).values(rows))
    write_changes_of("role", ("slug", "name", "description", "permissions", "is_built_in"))
    op.drop_constraint(op.f("ck_person_roles"), "person")
    op.create_check_constraint(op.f("ck_person_roles"), "person", "cardinality(roles) > 0")
    op.execute(TRIGGERS)


def downgrade() -> None:
    op.drop_table("person_expertise")
    write_changes_of("person", TOLD_BEFORE)
    for name in ("version", *PERSON):
        op.drop_column("person", name)
    leave_out("team")
    op.drop_table("team")
    op.execute(WITHOUT_TRIGGERS)
    known = sa.bindparam("known", list(BUILT_IN), type_=pg.ARRAY(sa.String()))
    op.execute(sa.text(ONLY_BUILT_IN).bindparams(known))
    leave_out("role")
    op.drop_table("role")
    op.drop_constraint(op.f("ck_person_roles"), "person")
    op.create_check_constraint(
        op.f("ck_person_roles"),
        "person",
        "roles <@ ARRAY['student', 'agent', 'manager', 'admin', 'analyst']::varchar[] AND cardinality(roles) > 0",
    )
