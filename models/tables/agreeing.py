"""Terms, consents and declarations; rows are only ever added (art. 2(3), 13)."""

from datetime import date, datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Text,
)
from sqlmodel import Field, SQLModel

from models.tables.columns import Id, moment, refers_to, row_id


class Terms(SQLModel, table=True):
    """利用規約: a version, in force from its effective day until a later version's."""

    __tablename__ = "terms"
    version: int | None = Field(default=None, primary_key=True)
    body: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    # The office's own summary (JSON, a text a language); without one the captions are shown.
    summary: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    effective_on: date = Field(index=True)
    published_at: datetime = moment()
    telling_since: datetime | None = moment(optional=True)


class TermsNotice(SQLModel, table=True):
    """Who was told of a version before it took effect (art. 13); how that ended stands in the
    outbox."""

    __tablename__ = "terms_notices"
    version: int = Field(foreign_key="terms.version", primary_key=True)
    contact_id: int = Field(
        sa_column=Column(Id, ForeignKey("contacts.id"), primary_key=True, autoincrement=False)
    )
    at: datetime = moment()


class Consent(SQLModel, table=True):
    """同意: given or withdrawn; rows are only ever added (art. 2(3))."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "contact_id", "id"),)
    id: int = row_id()
    contact_id: int = refers_to("contacts.id")
    terms_version: int = Field(foreign_key="terms.version")
    sha256: str = Field(max_length=64)
    given: bool
    at: datetime = moment()
    channel: str = Field(max_length=16)
    event_id: str = Field(max_length=64)


class Declaration(SQLModel, table=True):
    """An answer to one condition of arts. 2 and 5; rows are only ever added."""

    __tablename__ = "declarations"
    __table_args__ = (Index(None, "contact_id", "card", "item", "at"),)
    id: int = row_id()
    contact_id: int = refers_to("contacts.id")
    card: str = Field(max_length=16)
    item: str = Field(max_length=16)
    holds: bool
    at: datetime = moment()
