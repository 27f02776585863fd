"""`make guards`: takes each guard out of a copy of the program, and runs the test that must notice.

A guard is named by the line that it is; tests/test_documents.py sees that each still stands there,
and that docs/reliability.md names them all.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

_PATIENCE = 600.0  # seconds; who hangs has noticed nothing
ROOT = Path(__file__).parent.parent.parent


class Guard(NamedTuple):
    """What is guarded, the line that does it and what stands in its place without it, and the
    tests that notice."""

    name: str
    file: str
    line: str
    instead: str
    tests: str


GUARDS = (
    Guard(
        "one active booking a slot (the database's constraint)",
        "models/migrations/versions/0001_the_first_tables.py",
        'uq_bookings_active_slot",\n            ["counselor_id", "starts_at"],\n'
        "            unique=True",
        'uq_bookings_active_slot",\n            ["counselor_id", "starts_at"],\n'
        "            unique=False",
        "tests/faults/test_two_processes.py -k True",
    ),
    Guard(
        "an event is taken once",
        "models/store/inbox.py",
        "return added == 1",
        "return True",
        "tests/faults/test_shuffled.py -k late",
    ),
    Guard(
        "200 only after the commit",
        "models/database/group_commit.py",
        "                await in_thread(transaction.commit)\n",
        "                for each, outcome in zip(group, outcomes, strict=True):\n"
        "                    each.answer.set_result(outcome)\n"
        "                group, outcomes = [], []\n"
        "                await in_thread(transaction.commit)\n",
        "tests/test_database.py -k before_the_commit",
    ),
    Guard(
        "503 while the database is away",
        "bot/web.py",
        "status = 503\n            except",
        "status = 200\n            except",
        "tests/faults/test_disk.py -k gone",
    ),
    Guard(
        "a row to send belongs to one worker (lease)",
        "models/store/outbox.py",
        'due_at=bindparam("lease_until")',
        "due_at=_outbox.due_at",
        "tests/faults/test_stopped.py tests/test_outbox.py",
    ),
    Guard(
        "who lost the lease writes nothing (fence)",
        "models/store/outbox.py",
        '_outbox.fence == bindparam("mine"), _waiting)\n    .values(\n        state=',
        '_outbox.fence != bindparam("mine") + 9, _waiting)\n    .values(\n        state=',
        "tests/faults/test_stopped.py tests/test_outbox.py -k claim",
    ),
    Guard(
        "LINE is asked again with the same key",
        "bot/channels/line/channel.py",
        "retry_key=request.retry_key",
        "retry_key=None",
        "tests/faults/test_answers.py",
    ),
    Guard(
        "Telegram is never sent what may have arrived",
        "bot/channels/telegram/channel.py",
        "if not edited and not request.first_try",
        "if False",
        "tests/test_outbox.py -k telegram",
    ),
    Guard(
        "nothing is tried for longer than LINE's key holds",
        "models/store/outbox.py",
        "RETRY_FOR = timedelta(hours=23)",
        "RETRY_FOR = timedelta(hours=25)",
        "tests/faults/test_answers.py",
    ),
    Guard(
        "what is too late to be of use is not sent",
        "bot/outbox.py",
        "if now >= row.useless_after",
        "if False",
        "tests/test_outbox.py tests/faults/test_clocks.py",
    ),
    Guard(
        "only what is still due is done",
        "models/store/due.py",
        "return self._tx.run(_TAKE_REMINDER, booking=booking_id, now=now) == 1",
        "return True",
        "tests/test_reminder.py -k not_due",
    ),
    Guard(
        "the grace of 10 minutes",
        "models/rules/attendance.py",
        "    if now < end:\n        return Verdict.WAIT",
        "    if now < start:\n        return Verdict.WAIT",
        "tests/test_attendance_rules.py",
    ),
    Guard(
        "signs of coming and contact",
        "models/store/presence.py",
        "return Signs(came=any(found), contact=not all(found))",
        "return Signs(came=False, contact=False)",
        "tests/faults/test_judging.py -k nobody",
    ),
    Guard(
        "whom nobody watched, nobody cancels",
        "models/rules/hearing.py",
        "if each.start > reached:",
        "if False:",
        "tests/test_attendance_rules.py tests/test_attendance.py",
    ),
    Guard(
        "a way in that was seen not to work",
        "models/rules/hearing.py",
        "        if faults:",
        "        if False:",
        "tests/test_hearing.py -k secret",
    ),
    Guard(
        "what may mean trouble holds, however early it was said",
        "handlers/parents/doubting.py",
        "        store.presence.doubt(booking.id, booking.version, acted_at=turn.acted_at,"
        " now=turn.now)\n",
        "",
        "tests/test_doubts.py -k illness",
    ),
    Guard(
        "who was not told of the door as it is",
        "handlers/due.py",
        "    if not _knows_it_as_it_is(store, booking):",
        "    if False:",
        "tests/test_door.py -k office_changes",
    ),
    Guard(
        "whoever acted before the word arrived has not answered it",
        "handlers/due.py",
        "if told is None or not _has_acted_since(store, booking, told):",
        "if not _has_acted_since(store, booking, changed):",
        "tests/test_door.py -k before_the_word",
    ),
    Guard(
        "what a backup forgot makes nobody absent",
        "handlers/due.py",
        "    if restored is not None and not _has_acted_since(store, booking, restored):",
        "    if False:",
        "tests/test_backup.py -k cannot_know",
    ),
    Guard(
        "every chat that may be the same person's must be heard",
        "handlers/due.py",
        "for each in store.persons.maybe_same(booking.job_seeker_id)",
        "for each in [booking.job_seeker_id]",
        "tests/test_same_number.py -k not_heard",
    ),
    Guard(
        "LINE's test proves something only at our address",
        "bot/channels/line/channel.py",
        "if not is_address(str(endpoint.endpoint), webhook):",
        "if False:",
        "tests/test_hearing.py -k another_address",
    ),
    Guard(
        "a platform that says nothing is no fault of ours",
        "bot/hearing.py",
        "if answered or all(proof.works is not None for proof in proofs.values()):",
        "if True:",
        "tests/test_hearing.py -k says_nothing",
    ),
    Guard(
        "words that we know hide no others",
        "handlers/parents/troubles.py",
        "    if not is_plain or names_a_time or not is_command(text, today, language):",
        "    if not is_plain or not is_command(text, today, language):",
        "tests/test_not_understood.py -k hide_no",
    ),
    Guard(
        "who cannot be answered is heard all the same",
        "handlers/router.py",
        "    if not _is_for_staff(event):\n        doubting",
        "    if False:\n        doubting",
        "tests/test_not_understood.py -k cannot_be_answered",
    ),
    Guard(
        "what cannot be read may say anything",
        "bot/turns.py",
        "            self._listen(tx, store, self._core.turn_of(contact, event=event), event)\n",
        "            pass\n",
        "tests/test_not_understood.py -k cannot_be_read",
    ),
    Guard(
        "a doubt is told to staff once an hour",
        "models/store/alerts.py",
        "told_since=now - _TOLD_AGAIN.get(kind, timedelta(0)),",
        "told_since=now,",
        "tests/test_doubts.py -k once_an_hour",
    ),
    Guard(
        "a code leads to the record that is alive",
        "models/store/persons.py",
        "return self.living(row.job_seeker_id)",
        "return row.job_seeker_id",
        "tests/test_one_person.py -k became_anothers",
    ),
    Guard(
        "what was claimed of a part is claimed of the whole",
        "models/store/persons.py",
        "_claims.other_id.in_(_its_own)",
        '_claims.other_id == bindparam("of")',
        "tests/test_same_number.py -k claimed_of",
    ),
    Guard(
        "a clock ahead is not trusted at a second start",
        "models/store/retention.py",
        "if start - watched_until > _A_DAY:",
        "if start - watched_until > _A_DAY and end == now:",
        "tests/test_records.py -k second_start",
    ),
    Guard(
        "what was refused at any time holds until it comes again",
        "handlers/due.py",
        "for each in chats if _was_refused(store, each)",
        "for each in chats if False",
        "tests/test_doubts.py -k evening_before_holds",
    ),
    Guard(
        "news goes to the chat that is in use",
        "models/store/contacts.py",
        "_contacts.unreachable_at.is_not(None), _last_act.desc().nulls_last(), _contacts.id",
        "_contacts.id",
        "tests/test_one_person.py -k chat_that_is_in_use",
    ),
    Guard(
        "merges are undone in their order",
        "models/store/persons.py",
        "row.undone_at is not None or self.living(row.into_id) != row.into_id",
        "row.undone_at is not None",
        "tests/test_one_person.py -k in_their_order",
    ),
    Guard(
        "around the start nothing waits",
        "handlers/staff/alerting.py",
        "or turn.now < alert.starts_at - window",
        "or True",
        "tests/test_doubts.py -k nothing_waits",
    ),
    Guard(
        "a signed message that cannot be read is a fault",
        "bot/web.py",
        '            self._hearing.fault(channel.name, "a signed message could not be read")\n',
        "",
        "tests/test_hearing.py -k signed_message",
    ),
    Guard(
        "who has the raw meeting URL may come unseen",
        "handlers/due.py",
        "    if booking.raw_url_out or store.bookings.knows_room(booking):",
        "    if False:",
        "tests/test_door.py -k raw",
    ),
    Guard(
        "one consultation at a time in a standing room",
        "bot/pages/join.py",
        "        and store.bookings.before_in_room(booking, at)\n",
        "        and False\n",
        "tests/test_door.py -k standing",
    ),
    Guard(
        "a link opens the door of its own row",
        "models/store/bookings.py",
        "secret=new_token(),",
        'secret="",',
        "tests/test_links.py -k restore",
    ),
    Guard(
        "whose number it is, staff say first",
        "handlers/parents/gate.py",
        "    if settled.is_claimed:",
        "    if False:",
        "tests/test_same_number.py -k same_number",
    ),
    Guard(
        "nothing is restored under a program that serves",
        "bot/backup.py",
        "    _refuse_while_watched(database_url, office, now)\n    with",
        "    with",
        "tests/test_backup.py -k serving",
    ),
    Guard(
        "a backup of another key is not restored",
        "bot/backup.py",
        "                raise BackupError(wrong_key(count))",
        "                return",
        "tests/test_backup.py -k serving",
    ),
    Guard(
        "another installation's key does not start",
        "bot/cli/common.py",
        "        give_up(wrong_key(count))",
        "        pass",
        "tests/test_serving.py -k key",
    ),
    Guard(
        "what was kept long enough waits when the date may be wrong",
        "bot/turns.py",
        "if not store.daily.is_claimed(ALLOWED, day) and (held := retention.why_not(now)):",
        "if False and (held := retention.why_not(now)):",
        "tests/test_records.py -k kept_long_enough",
    ),
    Guard(
        "the last pushes are for reminders",
        "bot/quota.py",
        "        return left > self._reserved[row.channel]",
        "        return True",
        "tests/test_limits.py -k last_pushes",
    ),
    Guard(
        "a reason is shown before it counts",
        "handlers/front_desk.py",
        "    if awaited.what in reasons.ENDING:\n        return",
        "    if False:\n        return",
        "tests/test_staff_decides.py -k stopped",
    ),
    Guard(
        "half-open requests end",
        "bot/http_server.py",
        "self._waiting = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)",
        "self._waiting = None",
        "tests/test_serving.py -k half_open",
    ),
    Guard(
        "a jump of the clock ends the watch",
        "bot/hearing.py",
        "is_set_back = self.last_beat is not None and now",
        "is_set_back = False and now",
        "tests/test_known_later.py -k ahead",
    ),
    Guard(
        "nobody books into a calendar while it is changed",
        "models/store/calendar.py",
        "if self._tx.is_postgresql:",
        "if False:",
        "tests/test_calendar.py -k nobody",
    ),
    Guard(
        "LINE's signature",
        "bot/channels/line/channel.py",
        "hmac.compare_digest(expected, given)",
        "bool(expected)",
        "tests/faults/test_hostile.py",
    ),
    Guard(
        "Telegram's secret",
        "bot/channels/telegram/channel.py",
        "hmac.compare_digest(self.api.secret.encode(), given)",
        "bool(given)",
        "tests/faults/test_hostile.py",
    ),
    Guard(
        "a booking's buttons are its parent's",
        "handlers/shared/own_bookings.py",
        "booking is None or booking.job_seeker_id != turn.contact.job_seeker_id",
        "booking is None",
        "tests/faults/test_strangers.py -k buttons",
    ),
    Guard(
        "an old question decides nothing about a booking that has moved",
        "handlers/parents/cancelling.py",
        "    if found.version != version:\n        return ask_cancel",
        "    if False:\n        return ask_cancel",
        "tests/test_my_bookings.py -k old_question",
    ),
    Guard(
        "after the start a cancellation is contact",
        "handlers/parents/cancelling.py",
        "    if not may_cancel(found.starts_at, turn.acted_at):\n"
        "        return _too_late(turn, store, found)\n"
        "    if found.version",
        "    if found.version",
        "tests/test_my_bookings.py -k after_the_start",
    ),
    Guard(
        "answers before news",
        "models/store/outbox.py",
        "found = self._tx.rows(_DUE_ANSWERS, now=now, count=count)",
        "found: list[Due] = []",
        "tests/test_outbox.py -k news",
    ),
    Guard(
        "commands by role",
        "handlers/front_desk.py",
        "    found = commands.COMMANDS[name]\n    if turn.contact.role not in found.roles",
        "    found = commands.COMMANDS[name]\n    if turn.contact.role is None",
        "tests/test_team.py -k every_command",
    ),
    Guard(
        "staff's buttons by role",
        "handlers/front_desk.py",
        "        return desk.stale_button(turn)\n    if turn.contact.role not in found.roles",
        "        return desk.stale_button(turn)\n    if turn.contact.role is None",
        "tests/test_team.py -k every_button",
    ),
    Guard(
        "a code for staff dies of wrong tries",
        "handlers/staff/enrolling.py",
        'too_often = store.audit.refusals(turn.contact.id, "enrol", since) >= TRIES',
        "too_often = False",
        "tests/test_team.py -k codes",
    ),
    Guard(
        "a link to a form opens it once",
        "models/store/forms.py",
        "if used_at is not None",
        "if False",
        "tests/faults/test_strangers.py -k links",
    ),
    Guard(
        "a link's seal",
        "models/vault.py",
        "hmac.compare_digest(mac, _mac(key, purpose, body + secret.encode()))",
        "len(mac) == _MAC_BYTES",
        "tests/faults/test_strangers.py -k links",
    ),
    Guard(
        "a form was shown to the browser that sends it",
        "bot/pages/guard.py",
        "return bool(cookie) and",
        "return True or",
        "tests/faults/test_strangers.py -k links",
    ),
    Guard(
        "refusals are on record",
        "bot/pages/refusals.py",
        "_WHY.get(status)) is None",
        "_WHY.get(status)) is not None",
        "tests/faults/test_strangers.py -k links",
    ),
    Guard(
        "whoever sends too much waits",
        "bot/pace.py",
        "return count[0] <= self._most",
        "return True",
        "tests/test_webhooks.py -k too_much",
    ),
    Guard(
        "a damaged copy is not restored",
        "bot/backup.py",
        "            _check_sqlite(copy)\n            _check_key",
        "            _check_key",
        "tests/test_backup.py",
    ),
    Guard(
        "a room is looked for before it is made",
        "bot/video/rooms.py",
        "            if room.reference == reference\n",
        "            if False\n",
        "tests/test_rooms.py -k lost_makes_no",
    ),
    Guard(
        "Zoom's webhooks are signed",
        "bot/video/zoom/webhook.py",
        'raise Forged("not Zoom\'s signature")',
        "pass",
        "tests/test_zoom.py -k signature",
    ),
    Guard(
        "Zoom's old webhooks are refused",
        "bot/video/zoom/webhook.py",
        'raise Forged("signed too long ago")',
        "pass",
        "tests/test_witness.py -k forged",
    ),
    Guard(
        "Zoom is asked before anybody is deemed absent",
        "handlers/due.py",
        "if verdict is Verdict.DEEMED_CANCELLED and booking.is_in_room:",
        "if False:",
        "tests/test_witness.py -k late_and_nobody",
    ),
    Guard(
        "whoever was in the room has come, however they went",
        "handlers/due.py",
        "came=signs.came or witness.is_here(turn, store, booking),",
        "came=signs.came,",
        "tests/test_who_was_there.py -k over_the_start",
    ),
    Guard(
        "who may have been let in is not judged",
        "handlers/due.py",
        "contact=signs.contact or witness.may_be_here(turn, store, booking),",
        "contact=signs.contact,",
        "tests/test_who_was_there.py -k nothing_told",
    ),
    Guard(
        "a room is started by whose business it is",
        "bot/pages/desk_start.py",
        "or not may_act_on(turn, booking) ",
        "",
        "tests/test_start_page.py -k may_start_no_more",
    ),
    Guard(
        "an errand belongs to one worker (lease)",
        "models/store/errands.py",
        'due_at=bindparam("lease_until")',
        "due_at=_errands.due_at",
        "tests/test_errands.py -k lease_ends",
    ),
    Guard(
        "who lost an errand's lease ends nothing (fence)",
        "models/store/errands.py",
        '_errands.fence == bindparam("mine"), ',
        "",
        "tests/test_errands.py -k lost_the_lease",
    ),
    Guard(
        "logs without what was filled into them",
        "bot/logs.py",
        'str(record.msg).partition("\\n")[0]',
        "record.getMessage()",
        "tests/test_canary.py",
    ),
    Guard(
        "personal columns are sealed",
        "models/vault.py",
        "return self._sealing + nonce + cipher.encrypt(nonce, plain.encode(), about.encode())",
        "return plain.encode()",
        "tests/test_canary.py",
    ),
)


def notices(guard: Guard) -> bool:
    """Whether its tests turn red without a guard."""
    with TemporaryDirectory(prefix="madoguchi-without-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        file = copy / guard.file
        whole = file.read_text()
        assert whole.count(guard.line) == 1, f"{guard.name}: its line is not in {guard.file}"
        file.write_text(whole.replace(guard.line, guard.instead))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-n0", "-x", *guard.tests.split()],
            cwd=copy,
            capture_output=True,
            timeout=_PATIENCE,
        )
        return done.returncode == 1  # some test failed; anything else is no answer


def main() -> int:
    names = sys.argv[1:]
    unnoticed = 0
    print("| without | noticed by | |\n|---|---|---|")
    for guard in GUARDS:
        if names and not any(name in guard.name for name in names):
            continue
        noticed = notices(guard)
        unnoticed += not noticed
        print(f"| {guard.name} | `{guard.tests}` | {'red' if noticed else 'GREEN'} |", flush=True)
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
