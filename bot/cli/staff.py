"""Commands for staff: inviting the first admin, and seeing or removing who works here."""

import click

from bot.cli.common import give_up, open_database, the_office
from bot.clock import machine_clock
from models.store.audit import Audit
from models.store.calendar import Calendar
from models.store.staff import INVITE_LIFE, StaffStore
from models.tables import Role


@click.group()
def staff() -> None:
    """Manage staff, who work by chat."""


@staff.command("invite")
@click.option("--role", type=click.Choice(Role, case_sensitive=False), required=True)
@click.option("--counselor", "counselor_name", help="Whose bookings a counselor's are.")
@click.option("--name", help="What the colleagues call them; a counselor has a name already.")
def invite_staff(role: Role, counselor_name: str | None, name: str | None) -> None:
    """Make a one-time code that turns a chat into a staff chat."""
    office, now = the_office(), machine_clock()
    with open_database() as database:
        counselors = {
            each.name: each.id
            for each in database.run_now(lambda tx: Calendar(tx, office).counselors())
        }
        if role == Role.COUNSELOR and counselor_name not in counselors:
            give_up(f"Say which counselor: --counselor {' | '.join(counselors) or '(none yet)'}")
        counselor_id = (
            counselors[counselor_name] if role == Role.COUNSELOR and counselor_name else None
        )
        called = (name or counselor_name or str(role))[:60]
        code = database.run_now(lambda tx: StaffStore(tx).invite(called, role, counselor_id, now))
        database.run_now(lambda tx: Audit(tx).note(None, "invite", now, after=str(role)))
    minutes = int(INVITE_LIFE.total_seconds() // 60)
    click.echo(f"{code}\nSend this code to the office's account, from the new")
    click.echo(f"colleague's own chat. It works once, for {minutes} minutes.")


@staff.command("list")
def list_staff() -> None:
    """List who works here by chat."""
    with open_database() as database:
        for each in database.run_now(lambda tx: StaffStore(tx).team()):
            click.echo(f"{each.id}  {each.name}  {each.role}  {each.channel}")


@staff.command("remove")
@click.argument("number", type=int)
def remove_staff(number: int) -> None:
    """Take a chat out of the staff, say because a phone is lost (see: staff list)."""
    now = machine_clock()
    with open_database() as database:
        member = database.run_now(lambda tx: StaffStore(tx).member(number))
        if member is None:
            give_up(f"There is no staff member {number}.")
        if member.role == Role.ADMIN and database.run_now(lambda tx: StaffStore(tx).admins()) == 1:
            give_up("That is the last admin. Invite another one first: staff invite --role admin")
        database.run_now(lambda tx: StaffStore(tx).remove(number, now))
        database.run_now(
            lambda tx: Audit(tx).note(
                None, "remove", now, subject=f"staff {number}", before=str(member.role)
            )
        )
    click.echo(f"{member.name} is removed.")
