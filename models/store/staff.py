"""Staff: who works here by chat, and the one-time codes that let somebody in."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from models import tables
from models.database import Transaction, change, query
from models.tables import Contact, Counselor, Role, StaffInvite, table
from models.vault import new_token, token_hash

INVITE_LIFE = timedelta(minutes=10)
TRIES = 5
# No 0/O, 1/I/L, 5/S …: people read codes out. 15 of these 23 signs are more than 64 bits.
_SIGNS = "34679ACDEFGHJKMNPQRTWXY"
_SELECTOR_LENGTH, _SECRET_LENGTH = 5, 15


class Member(NamedTuple):
    """職員: a staff member, with the chat that is theirs."""

    id: int
    contact_id: int
    channel: str
    name: str
    role: Role
    counselor_id: int | None
    counselor: str | None


class Invitation(NamedTuple):
    """What a good code brings."""

    name: str
    role: Role
    counselor_id: int | None


_staff, _contacts, _counselors = table(tables.Staff).c, table(Contact).c, table(Counselor).c
_members = (
    select(
        *(_staff.id, _staff.contact_id, _contacts.channel, _staff.name, _staff.role),
        *(_staff.counselor_id, _counselors.name),
    )
    .join_from(table(tables.Staff), table(Contact), _contacts.id == _staff.contact_id)
    .outerjoin(table(Counselor), _counselors.id == _staff.counselor_id)
    .where(_staff.removed_at.is_(None))
    .order_by(_staff.id)
)
_TEAM = query(_members, Member)
_CHATS = query(
    select(_contacts.person, _staff.removed_at)
    .join_from(table(tables.Staff), table(Contact), _contacts.id == _staff.contact_id)
    .where(_contacts.channel == bindparam("channel")),
    lambda person, removed_at: (str(person), removed_at is None),
)
_MEMBER = query(_members.where(_staff.id == bindparam("id")), Member)

_invites = table(StaffInvite).c
_TRY = change(
    update(table(StaffInvite))
    .where(
        _invites.selector == bindparam("of"),
        _invites.used_at.is_(None),
        _invites.expires_at > bindparam("now"),
        _invites.tries < TRIES,
    )
    .values(tries=_invites.tries + 1)
)


class StaffStore:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def team(self) -> list[Member]:
        """Return everybody who works here by chat, in the order in which they came."""
        return self._tx.rows(_TEAM)

    def left(self, channel: str) -> set[str]:
        """Return the chats of those who work here no more."""
        chats = self._tx.rows(_CHATS, channel=channel)
        here = {person for person, works_here in chats if works_here}
        return {person for person, _ in chats} - here

    def member(self, staff_id: int) -> Member | None:
        return self._tx.row(_MEMBER, id=staff_id)

    def name_of(self, staff_id: int) -> str:
        """Return the name of somebody who works here or did."""
        member = self._tx.session.get(tables.Staff, staff_id)
        return member.name if member else "—"

    def concerned(self, counselor_id: int | None) -> list[Member]:
        """Return who is told about a booking of a counselor's: admins, and that counselor."""
        return [
            member
            for member in self.team()
            if member.role == Role.ADMIN
            or (counselor_id is not None and member.counselor_id == counselor_id)
        ]

    def invite(self, name: str, role: Role, counselor_id: int | None, now: datetime) -> str:
        """Return a new code, good for INVITE_LIFE, once; of it only a hash is stored."""
        selector, secret = _random(_SELECTOR_LENGTH), _random(_SECRET_LENGTH)
        self._tx.session.add(
            StaffInvite(
                selector=selector,
                secret_hash=token_hash(secret),
                name=name,
                role=role,
                counselor_id=counselor_id,
                expires_at=now + INVITE_LIFE,
            )
        )
        self._tx.session.flush()
        return "-".join([selector, secret[:5], secret[5:10], secret[10:]])

    def redeem(self, code: str, now: datetime) -> Invitation | None:
        """Return what a code brings, used up by this; None for one that is wrong, used, too old or
        was tried too often."""
        selector, _, rest = code.partition("-")
        if self._tx.run(_TRY, of=selector, now=now) != 1:
            return None
        session = self._tx.session
        invite = session.get_one(StaffInvite, selector, populate_existing=True)
        if not hmac.compare_digest(invite.secret_hash, token_hash(rest.replace("-", ""))):
            return None
        invite.used_at = now
        session.flush()
        return Invitation(invite.name, invite.role, invite.counselor_id)

    def add(self, contact_id: int, invitation: Invitation, now: datetime) -> int:
        """Let somebody who gave a good code work here from now on."""
        member = tables.Staff(
            contact_id=contact_id, since=now, secret=new_token(), **invitation._asdict()
        )
        self._tx.session.add(member)
        self._tx.session.flush()
        assert member.id is not None
        return member.id

    def set_role(self, staff_id: int, role: Role, counselor_id: int | None) -> None:
        member = self._tx.session.get_one(tables.Staff, staff_id)
        member.role, member.counselor_id = role, counselor_id
        self._tx.session.flush()

    def remove(self, staff_id: int, now: datetime) -> None:
        """Remove somebody, who works here no more; what they did stays on record."""
        self._tx.session.get_one(tables.Staff, staff_id).removed_at = now
        self._tx.session.flush()

    def admins(self) -> int:
        """Return how many admins there are; on PostgreSQL two who leave at once wait for each
        other."""
        admins = self._tx.session.scalars(
            select(tables.Staff)
            .where(col(tables.Staff.role) == Role.ADMIN, col(tables.Staff.removed_at).is_(None))
            .order_by(col(tables.Staff.id))
            .with_for_update()
        )
        return len(admins.all())


def _random(length: int) -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(length))
