"""The team: who works here by chat, with which role; inviting, changing, removing, leaving."""

from datetime import timedelta

from handlers.staff import desk
from models.chat import Message, NotAButton, button, column
from models.letter_kind import LetterKind
from models.store import Store
from models.store.staff import INVITE_LIFE, Member
from models.tables import Role
from models.text import shortened
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)
_LONGEST_NAME = 60


def who_am_i(turn: Turn, store: Store, words: str) -> list[Message]:
    """Return what the program knows of the one who asks."""
    me = _me(turn, store)
    return [
        Message(
            title=me.name,
            facts=_facts(turn, me),
            groups=(column(button(turn.say("team.leave"), "leave/1")),),
        )
    ]


def show_team(turn: Turn, store: Store) -> list[Message]:
    """Return everybody, with what can be changed."""
    people = [
        button(f"{each.name}  {turn.say(f'role.{each.role}')}", "member/1", each.id)
        for each in store.staff.team()
    ]
    invite = button(turn.say("team.invite"), "invite/1", primary=True)
    return [Message(title=turn.say("team.title"), groups=(column(*people), column(invite)))]


def team_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_team(turn, store)


def show_member(turn: Turn, store: Store, staff_id: int) -> list[Message]:
    """Show one of the team: change the role, or remove."""
    member = _member(store, staff_id)
    if member.role == Role.ADMIN:
        roles = [
            button(turn.say("team.make_counselor", name=each.name), "role/1", member.id, each.id)
            for each in store.calendar.counselors()
        ]
    else:
        roles = [button(turn.say("team.make_admin"), "role/1", member.id, 0)]
    remove = button(turn.say("team.remove"), "remove/1", member.id)
    back = button(turn.say("desk.back"), "team/1")
    return [
        Message(
            title=member.name,
            facts=_facts(turn, member),
            groups=(column(*roles), column(remove, back)),
        )
    ]


def set_role(turn: Turn, store: Store, staff_id: int, counselor_id: int) -> list[Message]:
    """Make somebody an admin (0), or the counselor of a number."""
    member = _member(store, staff_id)
    role = Role.COUNSELOR if counselor_id else Role.ADMIN
    if (member.role, member.counselor_id or 0) == (role, counselor_id):
        return show_member(turn, store, staff_id)
    if counselor_id and counselor_id not in [each.id for each in store.calendar.counselors()]:
        raise NotAButton("no such counselor")
    if member.role == Role.ADMIN and role != Role.ADMIN and store.staff.admins() == 1:
        return [Message(text=turn.say("team.last_admin"))]
    store.staff.set_role(member.id, role, counselor_id or None)
    _note(turn, store, "role", member, f"{role} {counselor_id or ''}".strip())
    if member.contact_id != turn.contact.id:
        to = turn.to(store.contacts.by_id(member.contact_id))
        to.write(
            LetterKind.ROLE_CHANGED,
            desk.menu(to, to.say("team.new_role", role=to.say(f"role.{role}"))),
        )
    return show_member(turn, store, staff_id)


def ask_remove(turn: Turn, store: Store, staff_id: int) -> list[Message]:
    """Ask once before somebody is removed."""
    member = _member(store, staff_id)
    return desk.is_sure(
        turn,
        turn.say("team.remove"),
        turn.say("team.remove_sure", name=member.name),
        button(turn.say("team.remove_yes"), "removeyes/1", member.id),
        button(turn.say("desk.back"), "member/1", member.id),
    )


def remove(turn: Turn, store: Store, staff_id: int) -> list[Message]:
    """Remove somebody, who works here no more; the last admin stays."""
    member = _member(store, staff_id)
    if member.role == Role.ADMIN and store.staff.admins() == 1:
        return [Message(text=turn.say("team.last_admin"))]
    store.staff.remove(member.id, turn.now)
    store.awaited.pop(store.contacts.by_id(member.contact_id), turn.now)
    _note(turn, store, "remove", member, "")
    if member.contact_id == turn.contact.id:
        return [Message(text=turn.say("team.left"))]
    to = turn.to(store.contacts.by_id(member.contact_id))
    to.write(LetterKind.TEAM_LEFT, Message(text=to.say("team.left")))
    return show_team(turn, store)


def ask_leave(turn: Turn, store: Store) -> list[Message]:
    """Ask once before one leaves."""
    return desk.is_sure(
        turn,
        turn.say("team.leave"),
        turn.say("team.leave_sure"),
        button(turn.say("team.leave_yes"), "leaveyes/1"),
        button(turn.say("desk.back"), "desk/1"),
    )


def leave_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return ask_leave(turn, store)


def leave(turn: Turn, store: Store) -> list[Message]:
    """Leave the team, and be a parent like any other in this chat."""
    assert turn.contact.staff_id is not None
    return remove(turn, store, turn.contact.staff_id)


def choose_invite(turn: Turn, store: Store) -> list[Message]:
    """Ask for which role."""
    choices = [button(turn.say("role.admin"), "invited/1", 0)]
    choices += [
        button(turn.say("team.invite_counselor", name=each.name), "invited/1", each.id)
        for each in store.calendar.counselors()
    ]
    return [Message(title=turn.say("team.invite"), groups=(column(*choices),))]


def invite_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return choose_invite(turn, store)


def invite(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    """Return a code for a counselor, who has a name; an admin's is asked for first."""
    if not counselor_id:
        return _ask_name(turn, store)
    names = {each.id: each.name for each in store.calendar.counselors()}
    if counselor_id not in names:
        raise NotAButton("no such counselor")
    return _invited(turn, store, names[counselor_id], counselor_id)


def invite_admin(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Return a code for an admin, under the name by which colleagues tell them apart."""
    name = shortened(text, _LONGEST_NAME)
    if not name or name in [each.name for each in store.staff.team()]:
        return [Message(text=turn.say("team.name_taken")), *_ask_name(turn, store)]
    return _invited(turn, store, name, 0)


def _ask_name(turn: Turn, store: Store) -> list[Message]:
    store.awaited.ask(turn.contact.id, "newadmin", "", turn.now + _ANSWER_WITHIN)
    return [Message(text=turn.say("team.ask_name"))]


def _invited(turn: Turn, store: Store, name: str, counselor_id: int) -> list[Message]:
    """Return a one-time code, to be sent to this account from the new colleague's own chat."""
    role = Role.COUNSELOR if counselor_id else Role.ADMIN
    code = store.staff.invite(name, role, counselor_id or None, turn.now)
    store.audit.note(turn.contact, "invite", turn.now, after=f"{role} {counselor_id or ''}".strip())
    minutes = int(INVITE_LIFE.total_seconds() // 60)
    return [Message(text=turn.say("team.code", minutes=minutes)), Message(text=code)]


def _me(turn: Turn, store: Store) -> Member:
    assert turn.contact.staff_id is not None
    return _member(store, turn.contact.staff_id)


def _member(store: Store, staff_id: int) -> Member:
    member = store.staff.member(staff_id)
    if member is None:
        raise NotAButton("no such staff member")
    return member


def _facts(turn: Turn, member: Member) -> tuple[tuple[str, str], ...]:
    facts = [
        (turn.say("team.role"), turn.say(f"role.{member.role}")),
        (turn.say("team.chat"), turn.channel_title(member.channel)),
    ]
    if member.counselor:
        facts.append((turn.say("booking.counselor"), member.counselor))
    return tuple(facts)


def _note(turn: Turn, store: Store, what: str, member: Member, after: str) -> None:
    before = f"{member.role} {member.counselor_id or ''}".strip()
    store.audit.note(
        turn.contact, what, turn.now, subject=f"staff {member.id}", before=before, after=after
    )
