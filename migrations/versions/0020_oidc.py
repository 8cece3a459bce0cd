"""Signing in through an identity provider: sign-ins that have begun there, who a person is there, and the ID token with
which a sign-in there is ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "oidc_start",
        sa.Column("state_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("browser", sa.String(32), nullable=False),
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_verifier", sa.String(128), nullable=False),
        sa.Column("redirect_uri", sa.String(400), nullable=False),
        sa.Column("return_to", sa.String(2000), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "person_identity",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("issuer", sa.String(400), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("given_roles", ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("given_team_id", sa.BigInteger(), sa.ForeignKey("team.id", ondelete="SET NULL")),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("person_id", "issuer"),
    )
    op.create_index(op.f("ix_person_identity_given_team_id"), "person_identity", ["given_team_id"])
    op.create_table(
        "oidc_session",
        sa.Column(
            "session_id", sa.BigInteger(), sa.ForeignKey("session_token.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("id_token", sa.String(4000), nullable=False),
    )


def downgrade() -> None:
    # Nobody can sign in through the provider any more, and nobody should stay signed in.
    op.execute("UPDATE session_token SET revoked_at = now() WHERE signed_in_by = 'oidc' AND revoked_at IS NULL")
    for table in ("oidc_session", "person_identity", "oidc_start"):
        op.drop_table(table)
