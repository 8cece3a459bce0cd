from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, Moment, NotInFeed


class OidcStart(Base):
    """A sign-in for which a browser was sent to the identity provider. `state_hash` finds it again, `browser` is the
    mark of the browser, and `code_verifier` proves to the provider that both halves are by us (PKCE). It is deleted
    when the browser comes back, so that nothing is accepted twice."""

    __tablename__ = "oidc_start"
    change_feed = NotInFeed("lives for ten minutes; the sign-in that it leads to is in the feed")

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser: Mapped[str] = mapped_column(String(32))
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_verifier: Mapped[str] = mapped_column(String(128))
    redirect_uri: Mapped[str] = mapped_column(String(400))
    return_to: Mapped[str] = mapped_column(String(2000))
    expires_at: Mapped[Moment]


class PersonIdentity(Base):
    """Who a person is at an identity provider, and what the groups there gave them at their last sign-in. What they
    have besides was given in Lodge, and stays."""

    __tablename__ = "person_identity"
    change_feed = NotInFeed("the person's own row says which roles and team they have")
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("person_id", "issuer"))

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(400))
    subject: Mapped[str] = mapped_column(String(255))
    given_roles: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    given_team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]


class OidcSession(Base):
    """The ID token of a sign-in, which tells the identity provider whose sign-in to end. It lets nobody in here."""

    __tablename__ = "oidc_session"
    change_feed = NotInFeed("belongs to the sign-in, which is in the feed")

    session_id: Mapped[int] = mapped_column(ForeignKey("session_token.id", ondelete="CASCADE"), primary_key=True)
    id_token: Mapped[str] = mapped_column(String(4000))
