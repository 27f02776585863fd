"""What staff can do: literal tables from commands, buttons, replies and awaited texts to the step
that answers, with who may."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from handlers.staff import (
    attending,
    audit,
    calendar,
    cancelling,
    closing,
    day,
    desk,
    forgetting,
    joining,
    meeting,
    my_page,
    needs,
    people,
    questions,
    reasons,
    records,
    reserving,
    starting,
    team,
    terms,
    tidying,
)
from handlers.staff.permission import ADMIN, STAFF
from models.chat import Message
from models.store import Store
from models.tables import Role
from models.turn import Turn

CommandStep = Callable[[Turn, Store, str], list[Message]]


class Command(NamedTuple):
    """A typed command: the slash and its name, or one of the Japanese words; its step gets the
    rest of the text. In a group only those work that show no person."""

    step: CommandStep
    roles: tuple[Role, ...]
    words: tuple[str, ...] = ()
    in_group: bool = False


class Press(NamedTuple):
    """A staff button."""

    step: Callable[..., list[Message]]
    roles: tuple[Role, ...]


def list_commands(turn: Turn, store: Store, words: str) -> list[Message]:
    """Show everything that staff do: as buttons, and as commands for those who type."""
    lines = [
        f"/{name}  {turn.say(f'command.{name}')}"
        for name, command in COMMANDS.items()
        if turn.contact.role in command.roles
    ]
    said = Message(text="\n".join(lines))
    in_group = turn.event is not None and turn.event.group is not None
    return [said] if in_group else [desk.menu(turn), said]  # buttons do not work in groups


COMMANDS: dict[str, Command] = {
    "today": Command(day.today_command, STAFF, ("今日", "きょう", "本日")),
    "tomorrow": Command(day.tomorrow_command, STAFF, ("明日", "あした", "あす")),
    "day": Command(day.day_command, STAFF, ("日",)),
    "week": Command(day.week_command, STAFF, ("今週", "週")),
    "month": Command(day.month_command, STAFF, ("今月", "月")),
    "needs": Command(needs.needs_command, STAFF, ("対応", "要対応")),
    "mypage": Command(my_page.my_page_command, STAFF, ("マイページ",)),
    "find": Command(people.find_command, STAFF, ("探す", "検索")),
    "book": Command(people.book_command, STAFF, ("予約を入れる", "代理予約")),
    "questions": Command(questions.questions_command, STAFF, ("質問",)),
    "counselors": Command(calendar.counselors_command, ADMIN, ("相談員", "担当者")),
    "closures": Command(closing.closures_command, ADMIN, ("休み", "閉室")),
    "terms": Command(terms.terms_command, ADMIN, ("規約", "利用規約")),
    "stats": Command(records.statistics_command, ADMIN, ("統計",)),
    "audit": Command(audit.command, ADMIN, ("監査", "記録")),
    "url": Command(meeting.url_command, STAFF),
    "staff": Command(team.team_command, ADMIN, ("職員",)),
    "invite": Command(team.invite_command, ADMIN, ("招待",)),
    "whoami": Command(team.who_am_i, STAFF, ("わたし", "私")),
    "leave": Command(team.leave_command, STAFF),
    "language": Command(desk.other_language, STAFF, ("言語", "english", "日本語")),
    "help": Command(list_commands, STAFF, ("ヘルプ", "メニュー", "menu"), in_group=True),
}

# What a button's number is for: see handlers/router.py.
BUTTONS: dict[str, Press] = {
    "desk/1": Press(desk.show_menu, STAFF),
    "today/1": Press(day.today, STAFF),
    "tomorrow/1": Press(day.tomorrow, STAFF),
    "agenda/1": Press(day.show_day, STAFF),
    "thisweek/1": Press(day.this_week, STAFF),
    "week/1": Press(day.show_week, STAFF),
    "month/1": Press(day.show_month, STAFF),
    "booking/1": Press(day.show_booking, STAFF),
    "needs/1": Press(needs.show_open, STAFF),
    "done/1": Press(needs.done, STAFF),
    "unposted/1": Press(my_page.show_open, STAFF),
    "mypage/1": Press(my_page.show_text, STAFF),
    "posted/1": Press(my_page.posted_once, STAFF),
    "posted/2": Press(my_page.posted, STAFF),
    "url/1": Press(meeting.ask_url, STAFF),
    "start/1": Press(starting.give_page, STAFF),
    "present/1": Press(attending.present, STAFF),
    "completed/1": Press(attending.completed, STAFF),
    "absent/1": Press(attending.absent, STAFF),
    "undo/1": Press(attending.undo, STAFF),
    "phoned/1": Press(cancelling.ask_phoned, STAFF),
    "phonedlate/1": Press(cancelling.phoned_late, STAFF),
    "phonedyes/1": Press(cancelling.phoned, STAFF),
    "officeends/1": Press(cancelling.ask_withdraw, STAFF),
    "ownreason/1": Press(cancelling.ask_own_reason, STAFF),
    "officeendsyes/1": Press(cancelling.withdraw, STAFF),
    "stop/1": Press(cancelling.ask_stop, STAFF),
    "reserve/1": Press(reserving.show_days, STAFF),
    "reserveday/1": Press(reserving.show_times, STAFF),
    "reservewith/1": Press(reserving.show_times_with, STAFF),
    "reservetime/1": Press(reserving.reserve, STAFF),
    "find/1": Press(people.find, STAFF),
    "found/1": Press(people.found, STAFF),
    "person/1": Press(people.show, STAFF),
    "details/1": Press(people.details, STAFF),
    "verify/1": Press(people.verify, STAFF),
    "unverify/1": Press(people.unverify, STAFF),
    "refuse/1": Press(people.choose_refusal, ADMIN),
    "refusefor/1": Press(people.ask_refusal_reason, ADMIN),
    "lift/1": Press(people.lift, ADMIN),
    "forget/1": Press(forgetting.ask, ADMIN),
    "forgetyes/1": Press(forgetting.forget, ADMIN),
    "tidy/1": Press(tidying.allow, ADMIN),
    "sendreason/1": Press(reasons.send, STAFF),
    "dropreason/1": Press(reasons.drop, STAFF),
    "chatcode/1": Press(joining.give_code, STAFF),
    "claim/1": Press(joining.show_claim, STAFF),
    "claimsame/1": Press(joining.same, ADMIN),
    "claimother/1": Press(joining.another, ADMIN),
    "merge/1": Press(joining.ask_merge, ADMIN),
    "mergeyes/1": Press(joining.merge, ADMIN),
    "unmerge/1": Press(joining.undo, ADMIN),
    "questions/1": Press(questions.show_open, STAFF),
    "question/1": Press(questions.show, STAFF),
    "closequestion/1": Press(questions.close, STAFF),
    "counselors/1": Press(calendar.show_all, ADMIN),
    "counselor/1": Press(calendar.show, ADMIN),
    "addcounselor/1": Press(calendar.ask_name, ADMIN),
    "rename/1": Press(calendar.ask_new_name, ADMIN),
    "counselorurl/1": Press(calendar.ask_url, ADMIN),
    "videouser/1": Press(calendar.ask_video_user, ADMIN),
    "retire/1": Press(calendar.retire, ADMIN),
    "retire/2": Press(calendar.retire_how, ADMIN),
    "resume/1": Press(calendar.resume, ADMIN),
    "addshift/1": Press(calendar.ask_shift, ADMIN),
    "keepshift/1": Press(calendar.keep_shift, ADMIN),
    "shift/1": Press(calendar.show_shift, ADMIN),
    "endshift/1": Press(calendar.ask_end, ADMIN),
    "endshift/2": Press(calendar.end_on, ADMIN),
    "dropshift/1": Press(calendar.drop_shift, ADMIN),
    "closures/1": Press(closing.show_all, ADMIN),
    "closures/2": Press(closing.show_from, ADMIN),
    "addclosure/1": Press(closing.ask_span, ADMIN),
    "close/1": Press(closing.close, ADMIN),
    "open/1": Press(closing.ask_reopen, ADMIN),
    "openyes/1": Press(closing.reopen, ADMIN),
    "versions/1": Press(terms.show_all, ADMIN),
    "version/1": Press(terms.show, ADMIN),
    "publish/1": Press(terms.publish, ADMIN),
    "telling/1": Press(terms.ask_tell, ADMIN),
    "tellyes/1": Press(terms.start_telling, ADMIN),
    "stats/1": Press(records.show_statistics, ADMIN),
    "export/1": Press(records.export, ADMIN),
    "audit/1": Press(audit.show, ADMIN),
    "smove/1": Press(reserving.show_move_days, STAFF),
    "smoveday/1": Press(reserving.show_move_times, STAFF),
    "smovewith/1": Press(reserving.show_move_times_with, STAFF),
    "smovetime/1": Press(reserving.move, STAFF),
    "stafflanguage/1": Press(desk.choose_language, STAFF),
    "team/1": Press(team.show_team, ADMIN),
    "member/1": Press(team.show_member, ADMIN),
    "role/1": Press(team.set_role, ADMIN),
    "remove/1": Press(team.ask_remove, ADMIN),
    "removeyes/1": Press(team.remove, ADMIN),
    "leave/1": Press(team.ask_leave, STAFF),
    "leaveyes/1": Press(team.leave, STAFF),
    "invite/1": Press(team.choose_invite, ADMIN),
    "invited/1": Press(team.invite, ADMIN),
}

# Free text that was asked for, by what it is for: step(turn, store, subject, text).
AWAITED: dict[str, Press] = {
    "newadmin": Press(team.invite_admin, ADMIN),
    "newcounselor": Press(calendar.add, ADMIN),
    "rename": Press(calendar.rename, ADMIN),
    "counselorurl": Press(calendar.set_url, ADMIN),
    "videouser": Press(calendar.set_video_user, ADMIN),
    "shift": Press(calendar.add_shift, ADMIN),
    "endshift": Press(calendar.end, ADMIN),
    "closure": Press(closing.add, ADMIN),
    "answer": Press(questions.answer_awaited, STAFF),
    "url": Press(meeting.give_awaited, STAFF),
    "withdraw": Press(reasons.ENDING["withdraw"], STAFF),
    "refuse": Press(reasons.ENDING["refuse"], ADMIN),
    "stop": Press(reasons.ENDING["stop"], STAFF),
}

# A reply to a message of ours, by what that speaks of: step(turn, store, number, text).
REPLIES: dict[str, Callable[[Turn, Store, int, str], list[Message]]] = {
    "booking": meeting.give,
    "question": questions.answer,
}

_SLASHED = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


def typed(text: str) -> tuple[str, str] | None:
    """Return the command that a text is, with what follows it, or None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if match := _SLASHED.fullmatch(plain.lower()):
        rest = plain[len(plain) - len(match[2]) :] if match[2] else ""
        return (match[1], rest) if match[1] in COMMANDS else None
    first, _, rest = plain.partition(" ")
    for name, command in COMMANDS.items():
        if first.casefold() in command.words:
            return name, rest.strip()
    return None


def number_in(about: str) -> tuple[str, int]:
    """Return what a message of ours speaks of: the kind, and which ("booking 7")."""
    kind, _, number = about.partition(" ")
    return kind, int(number)
