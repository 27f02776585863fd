"""Counselors: adding, renaming, retiring, meeting URL, shifts."""

from datetime import date, time, timedelta

from handlers.staff import affected, meeting
from handlers.staff.telling import by
from locales import Phrases, phrases
from models.booking import Booking
from models.chat import Message, NotAButton, button, column
from models.rules.meeting_url import NoRoom, read_room
from models.rules.shift_words import ShiftError, ShiftWords, read_shift
from models.rules.slots import Shift, offered
from models.rules.typed_dates import read_day
from models.rules.video_user import read_video_user
from models.store import Store
from models.store.calendar import CounselorInFull
from models.tables import Shift as ShiftRow
from models.text import plain, shortened
from models.turn import Turn

_ANSWER_WITHIN = timedelta(minutes=15)
# What says that a counselor has no user at the video service.
_NOBODY = ("-", "ー", "－", "なし")
_MONDAY = date(2024, 1, 1)
# The first of five working days.
_A_MONDAY_OF_WORK = date(2024, 1, 15)


def show_all(turn: Turn, store: Store) -> list[Message]:
    """Return the counselors, and a way to add one."""
    choices = [
        button(each.name, "counselor/1", each.id) for each in store.calendar.counselors_in_full()
    ]
    choices += [
        button(turn.say("counselors.resume", name=each.name), "resume/1", each.id)
        for each in store.calendar.retired()
    ]
    add = button(turn.say("counselors.add"), "addcounselor/1", primary=True)
    closures = button(turn.say("closures.title"), "closures/1")
    return [
        Message(
            title=turn.say("counselors.title"), groups=(column(*choices), column(add, closures))
        )
    ]


def counselors_command(turn: Turn, store: Store, words: str) -> list[Message]:
    return show_all(turn, store)


def show(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    """Show one counselor with what can be changed."""
    found = _counselor(store, counselor_id)
    shifts = [
        button(turn.say("shift.one", shift=_in_words(turn.say, _as_rule(each))), "shift/1", each.id)
        for each in found.shifts
        if each.id is not None
    ]
    say, app = turn.say, turn.office.video.name
    changes = [
        button(say("shift.add"), "addshift/1", found.id),
        button(say("counselors.vacation"), "addclosure/1", found.id),
        button(say("counselors.url"), "counselorurl/1", found.id),
        *(
            [button(say("counselors.video_user", app=app), "videouser/1", found.id)]
            if turn.has_rooms
            else []
        ),
        button(say("counselors.rename"), "rename/1", found.id),
        button(say("counselors.retire"), "retire/1", found.id),
        button(say("desk.back"), "counselors/1"),
    ]
    return [
        Message(
            title=found.name,
            facts=(
                *(
                    [
                        (
                            say("state.url"),
                            say("state.yes") if found.meeting_url else say("state.no_url"),
                        )
                    ]
                    if found.meeting_url or not found.video_user
                    else []
                ),
                *(
                    [(say("state.video_user", app=app), found.video_user or say("state.none"))]
                    if turn.has_rooms
                    else []
                ),
            ),
            groups=(column(*shifts), column(*changes)),
        )
    ]


def ask_name(turn: Turn, store: Store) -> list[Message]:
    return _ask(turn, store, "newcounselor", "", "counselors.ask_name")


def add(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Add somebody new, without shifts yet."""
    name = shortened(text, 60)
    if not name or name in [each.name for each in store.calendar.every_counselor()]:
        return _ask(turn, store, "newcounselor", "", "counselors.name_taken")
    number = store.calendar.add_counselor(name, None, [])
    _note(turn, store, "add counselor", number)
    return show(turn, store, number)


def ask_new_name(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    _counselor(store, counselor_id)
    return _ask(turn, store, "rename", str(counselor_id), "counselors.ask_name")


def rename(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Give a counselor another name."""
    name = shortened(text, 60)
    if not name or name in [each.name for each in store.calendar.every_counselor()]:
        return _ask(turn, store, "rename", subject, "counselors.name_taken")
    before = _counselor(store, int(subject)).name
    store.calendar.rename_counselor(int(subject), name)
    _note(turn, store, "rename", int(subject), before, name)
    return show(turn, store, int(subject))


def ask_url(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    _counselor(store, counselor_id)
    return _ask(turn, store, "counselorurl", str(counselor_id), "counselors.ask_url")


def set_url(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Set where this counselor's consultations take place: parents who have a booking hear of it.
    Bookings with a URL of their own keep it."""
    try:
        url = read_room(text, turn.office.video.hosts)
    except NoRoom as error:
        again = _ask(turn, store, "counselorurl", subject, "counselors.ask_url")
        return [Message(text=meeting.no_room(turn, error)), *again]
    counselor_id = int(subject)
    before = _counselor(store, counselor_id).meeting_url
    upcoming = store.agenda.upcoming(counselor_id, turn.now)
    store.calendar.change_counselor(counselor_id, url, [])
    _note(turn, store, "counselor url", counselor_id, "given" if before else "none", "given")
    for each in upcoming:
        changed = store.bookings.by_id(each.id)
        if changed is not None and changed.meeting_url != each.meeting_url:
            store.bookings.take_counselors_url(
                changed, turn.now, by=by(turn), changed=before is not None
            )
            meeting.announce(turn, store, changed, changed=before is not None)
    return show(turn, store, counselor_id)


def ask_video_user(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    _counselor(store, counselor_id)
    app = turn.office.video.name
    return _ask(turn, store, "videouser", str(counselor_id), "counselors.ask_video_user", app=app)


def set_video_user(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Set who hosts this counselor's rooms at the video service; a dash for nobody. The rooms of
    bookings to come follow."""
    user = read_video_user(text)
    if user is None and text.strip() not in _NOBODY:
        refused = Message(text=turn.say("counselors.no_video_user"))
        return [refused, *ask_video_user(turn, store, int(subject))]
    counselor_id = int(subject)
    before = _counselor(store, counselor_id).video_user
    store.calendar.set_video_user(counselor_id, user)
    _note(turn, store, "video user", counselor_id, before or "none", user or "none")
    for changed in store.agenda.not_over(counselor_id, turn.now):
        store.rooms.keep(changed, turn.now)
    return show(turn, store, counselor_id)


def ask_shift(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    _counselor(store, counselor_id)
    return _ask(turn, store, "shift", str(counselor_id), "shift.ask")


def add_shift(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Add more time: no booking is hit by that."""
    try:
        shift = read_shift(text, turn.today)
    except ShiftError:
        return _ask(turn, store, "shift", subject, "shift.unreadable")
    if not any(_is_ever_offered(turn, each, shift) for each in shift.weekdays):
        return _ask(turn, store, "shift", subject, "shift.never")
    words = [_in_words(turn.say, each) for each in _wanted(int(subject), shift)]
    keep = button(
        turn.say("shift.keep"),
        "keepshift/1",
        int(subject),
        "".join(str(each) for each in shift.weekdays),
        f"{shift.start:%H%M}",
        f"{shift.end:%H%M}",
        f"{shift.from_day:%Y%m%d}" if shift.from_day else "-",
        f"{shift.until_day:%Y%m%d}" if shift.until_day else "-",
        primary=True,
    )
    again = button(turn.say("shift.again"), "addshift/1", int(subject))
    back = button(turn.say("desk.back"), "counselor/1", int(subject))
    return [
        Message(
            title=turn.say("shift.understood"),
            text="\n".join(words),
            groups=(column(keep, again, back),),
        )
    ]


def keep_shift(
    turn: Turn,
    store: Store,
    counselor_id: int,
    weekdays: str,
    start: str,
    end: str,
    from_day: str,
    until_day: str,
) -> list[Message]:
    """Keep a shift that was shown as it was understood."""
    there = [_as_rule(each) for each in _counselor(store, counselor_id).shifts]
    try:
        shift = ShiftWords(
            [int(each) for each in weekdays],
            time.fromisoformat(start),
            time.fromisoformat(end),
            None if from_day == "-" else date.fromisoformat(from_day),
            None if until_day == "-" else date.fromisoformat(until_day),
        )
    except ValueError:
        raise NotAButton("no shift") from None
    if shift.start >= shift.end or not all(each in range(7) for each in shift.weekdays):
        raise NotAButton("no shift")
    for each in _wanted(counselor_id, shift):
        if each not in there:
            store.calendar.add_shift(each)
            _note(turn, store, "add shift", counselor_id, after=_on_record(turn, each))
    return show(turn, store, counselor_id)


def _wanted(counselor_id: int, shift: ShiftWords) -> list[Shift]:
    """Return a shift of a counselor's for each of its weekdays."""
    return [Shift(counselor_id, weekday, *shift[1:]) for weekday in shift.weekdays]


def show_shift(turn: Turn, store: Store, shift_id: int) -> list[Message]:
    """Show one shift: end it on a day, or take it away."""
    shift = _shift(store, shift_id)
    return [
        Message(
            title=turn.say("shift.one", shift=_in_words(turn.say, _as_rule(shift))),
            groups=(
                column(
                    button(turn.say("shift.end"), "endshift/1", shift_id),
                    button(turn.say("shift.remove"), "dropshift/1", shift_id, affected.ASK),
                    button(turn.say("desk.back"), "counselor/1", shift.counselor_id),
                ),
            ),
        )
    ]


def _is_ever_offered(turn: Turn, weekday: int, shift: ShiftWords) -> bool:
    """Return whether any consultation fits into a shift and the office's hours (art. 6(3))."""
    day = _A_MONDAY_OF_WORK + timedelta(days=weekday)
    always = Shift(0, weekday, shift.start, shift.end, None, None)
    return bool(offered(day, turn.office.grid, [always], ()))


def ask_end(turn: Turn, store: Store, shift_id: int) -> list[Message]:
    _shift(store, shift_id)
    return _ask(turn, store, "endshift", str(shift_id), "shift.ask_end")


def end(turn: Turn, store: Store, subject: str, text: str) -> list[Message]:
    """Set the last day on which a shift holds."""
    day = read_day(plain(text), turn.today)
    if day is None:
        return _ask(turn, store, "endshift", subject, "shift.ask_end")
    return end_on(turn, store, int(subject), day.strftime("%Y%m%d"), affected.ASK)


def end_on(turn: Turn, store: Store, shift_id: int, last_day: str, how: str) -> list[Message]:
    """End a shift, after asking what becomes of the bookings that this hits."""
    shift = _shift(store, shift_id)
    day = read_day(f"{last_day[:4]}/{last_day[4:6]}/{last_day[6:]}", turn.today)
    if day is None:
        raise NotAButton("no day")
    hit = _newly_hit(turn, store, shift, _as_rule(shift)._replace(until_day=day))
    if asked := affected.ask(turn, store, hit, how, ("endshift/2", shift_id, last_day)):
        return asked
    before, after = _as_rule(shift), _as_rule(shift)._replace(until_day=day)
    store.calendar.end_shift(shift_id, day)
    changed = _on_record(turn, before), _on_record(turn, after)
    _note(turn, store, "end shift", shift.counselor_id, *changed)
    return [
        *show(turn, store, shift.counselor_id),
        *affected.settle(turn, store, hit, how, "counselor"),
    ]


def drop_shift(turn: Turn, store: Store, shift_id: int, how: str) -> list[Message]:
    """Take a shift away, after asking what becomes of the bookings that this hits."""
    shift = _shift(store, shift_id)
    hit = _newly_hit(turn, store, shift, None)
    if asked := affected.ask(turn, store, hit, how, ("dropshift/1", shift_id)):
        return asked
    before = _on_record(turn, _as_rule(shift))
    store.calendar.remove_shift(shift_id)
    _note(turn, store, "drop shift", shift.counselor_id, before)
    return [
        *show(turn, store, shift.counselor_id),
        *affected.settle(turn, store, hit, how, "counselor"),
    ]


def _newly_hit(turn: Turn, store: Store, shift: ShiftRow, becomes: Shift | None) -> list[Booking]:
    """Return the bookings that lose their shift by this change; what was outside before is not its
    business."""
    store.calendar.lock(change=True)  # nobody books into it while it is made
    every = _counselor(store, shift.counselor_id).shifts
    others = [_as_rule(each) for each in every if each is not shift]
    kept = [*others, becomes] if becomes else others
    before = store.agenda.outside(shift.counselor_id, [*others, _as_rule(shift)], turn.now)
    after = store.agenda.outside(shift.counselor_id, kept, turn.now)
    return [each for each in after if each not in before]


def retire(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    return retire_how(turn, store, counselor_id, affected.ASK)


def retire_how(turn: Turn, store: Store, counselor_id: int, how: str) -> list[Message]:
    """Give no new bookings to a counselor, after asking what becomes of those there are."""
    found = _counselor(store, counselor_id)
    store.calendar.lock(change=True)
    hit = store.agenda.outside(counselor_id, [], turn.now)
    if asked := affected.ask(turn, store, hit, how, ("retire/2", counselor_id), always=True):
        return asked
    store.calendar.retire_counselor(found.id, turn.now)
    _note(turn, store, "retire", found.id)
    return [*show_all(turn, store), *affected.settle(turn, store, hit, how, "counselor")]


def resume(turn: Turn, store: Store, counselor_id: int) -> list[Message]:
    """Give new bookings again for a counselor who got none."""
    if counselor_id not in [each.id for each in store.calendar.retired()]:
        return show(turn, store, counselor_id)
    store.calendar.resume_counselor(counselor_id)
    _note(turn, store, "resume", counselor_id)
    return show(turn, store, counselor_id)


def _ask(
    turn: Turn, store: Store, what: str, subject: str, key: str, **words: str
) -> list[Message]:
    store.awaited.ask(turn.contact.id, what, subject, turn.now + _ANSWER_WITHIN)
    return [Message(text=turn.say(key, **words))]


def _counselor(store: Store, counselor_id: int) -> CounselorInFull:
    for each in store.calendar.counselors_in_full():
        if each.id == counselor_id:
            return each
    raise NotAButton("no such counselor")


def _shift(store: Store, shift_id: int) -> ShiftRow:
    for counselor in store.calendar.counselors_in_full():
        for shift in counselor.shifts:
            if shift.id == shift_id:
                return shift
    raise NotAButton("no such shift")


def _as_rule(row: ShiftRow) -> Shift:
    return Shift(
        row.counselor_id, row.weekday, row.start_time, row.end_time, row.from_day, row.until_day
    )


def _in_words(say: Phrases, shift: Shift) -> str:
    weekday = say.short_weekday(_MONDAY + timedelta(days=shift.weekday))
    words = f"{weekday} {shift.start:%H:%M}-{shift.end:%H:%M}"
    if shift.from_day:
        words += f" {shift.from_day:%Y/%m/%d}〜"
    if shift.until_day:
        words += f" 〜{shift.until_day:%Y/%m/%d}"
    return words


def _on_record(turn: Turn, shift: Shift) -> str:
    """Word it for the audit, which is kept in the office's language."""
    return _in_words(phrases(turn.office.language), shift)


def _note(
    turn: Turn, store: Store, what: str, counselor_id: int, before: str = "", after: str = ""
) -> None:
    store.audit.note(
        turn.contact,
        what,
        turn.now,
        subject=f"counselor {counselor_id}",
        before=before,
        after=after,
    )
