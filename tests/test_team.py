"""Who is staff: codes, roles, leaving, and what everybody else is refused."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text

from bot.channels.base import Unanswered
from bot.channels.line.channel import LineChannel
from bot.menus import refresh_menus
from handlers import commands
from handlers.buttons import argument_kinds
from handlers.parents.troubles import is_command
from models.store import Store
from models.tables import Role
from tests.conftest import MONDAY, MakeWorld
from tests.world import World


async def test_a_code_makes_staff_of_a_chat(world: World) -> None:
    admin = await world.staff()
    admin.sees("管理者として登録しました", "今日")
    await admin.says("/whoami")
    admin.sees("管理者", "役割")
    await admin.says("予約")
    admin.sees("読み取れませんでした").sees_no("同意する")  # no parent in this chat
    await admin.says("/leave")
    await admin.taps("^外す$")
    admin.sees("管理者がいなくなる")  # the last one stays
    await world.staff()
    await admin.taps_data("leaveyes/1")
    admin.sees("職員から外しました")
    await admin.says("予約")
    admin.sees("同意する")


async def test_a_colleague_is_told_of_another_role(world: World) -> None:
    admin, colleague = await world.staff(), await world.staff(Role.COUNSELOR)
    await admin.taps_data("role/1:2:0")
    colleague.looks().sees("あなたの役割が「管理者」に変わりました", "相談員とシフト|休み")
    await admin.taps_data("role/1:1:1")
    admin.sees("相談員")


async def test_codes_by_chat(world: World) -> None:
    admin = await world.staff()
    await admin.says("/invite")
    await admin.taps("相談員 佐藤")
    admin.sees("10分間、1回だけ")
    code = admin.seen[-1].text.strip()
    colleague = world.parent()
    colleague.line.follows = True
    await colleague.says(code.lower())
    colleague.sees("佐藤さん、相談員として")
    other = world.parent()
    await other.follows()
    await other.says(code)
    other.sees("このコードは使えません")
    await colleague.says(code)
    colleague.sees("もう職員として登録")
    await admin.says("職員")
    await admin.taps("佐藤")
    await admin.taps("管理者にする")
    admin.sees("佐藤の相談員にする")
    await admin.taps("^職員から外す")
    await admin.taps("^外す$")
    await colleague.says("/whoami")
    colleague.sees_no("役割")
    rows = await world.rows("SELECT what, subject, before, after FROM audit ORDER BY id")
    assert ("role", "staff 2", "counselor 1", "admin") in rows
    assert ("remove", "staff 2", "admin", "") in rows


async def test_codes_die_of_age_and_of_wrong_tries(world: World) -> None:
    def make(store: Store) -> str:
        return store.staff.invite("x", Role.ADMIN, None, world.clock())

    old, tried = await world.store(make), None
    await world.play(minutes=10)
    late = world.parent()
    await late.follows()
    await late.says(old)
    late.sees("使えません")
    tried = await world.store(make)
    for _ in range(5):
        guesser = world.parent()
        await guesser.follows()
        await guesser.says(f"{tried[:5]}-AAAAA-AAAAA-AAAAA")
        guesser.sees("使えません")
    await late.says(tried)
    late.sees("使えません")  # the code is used up by the tries of others
    for _ in range(4):
        await late.says("AAAAA-AAAAA-AAAAA-AAAAA")
    good = await world.store(make)
    await late.says(good)
    late.sees("1時間は受け付けません")
    await world.play(hours=1, minutes=1)
    good = await world.store(make)
    await late.says(f"/start {good}" if world.channel == "telegram" else good)
    late.sees("登録しました")
    refused = await world.rows("SELECT count(*) FROM audit WHERE what = 'enrol' AND NOT allowed")
    assert refused[0][0] >= 10
    stored = await world.rows("SELECT secret_hash FROM staff_invites")
    assert good.replace("-", "")[5:] not in str(stored)


async def test_a_parent_with_a_booking_is_no_staff(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    code = await world.store(lambda store: store.staff.invite("x", Role.ADMIN, None, world.clock()))
    await parent.says(code)
    parent.sees("先に予約をキャンセル")


WHO = (None, Role.COUNSELOR, Role.ADMIN)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("place", ["private", "group"])
async def test_every_command_refuses_whoever_may_not(
    make_world: MakeWorld, who: Role | None, place: str, channel: str
) -> None:
    """Role by command, in private and in groups; every refusal is on record."""
    world: World = await make_world(channel)
    await world.staff()
    person = world.parent() if who is None else await world.staff(who)
    if who is None:
        await person.follows()
    for name, command in commands.COMMANDS.items():
        with world.app.core.database.engine.begin() as connection:
            connection.execute(text("DELETE FROM audit"))
        if place == "private":
            await person.says(f"/{name}")
            seen = person.seen
        else:
            seen = await person.says_in_group(f"/{name}@SomeBot")
        shown = " ".join(message.text for message in seen)
        refusals = await world.rows("SELECT what FROM audit WHERE NOT allowed")
        if who is None and place == "private" and is_command(name, MONDAY.date()):
            continue  # parents have this word too
        may = who in command.roles and (place == "private" or command.in_group)
        assert ("記録に残りました" in shown or "グループではできません" in shown) is not may, name
        assert bool(refusals) is not may, name


@pytest.mark.parametrize("who", [None, Role.COUNSELOR])
async def test_every_button_refuses_whoever_may_not(
    make_world: MakeWorld, who: Role | None, channel: str
) -> None:
    world: World = await make_world(channel)
    await world.staff()
    person = world.parent() if who is None else await world.staff(who)
    if who is None:
        await person.follows()
    for verb, press in commands.BUTTONS.items():
        if who in press.roles:
            continue
        arguments = ["1" for _ in argument_kinds(press.step)]
        await person.taps_data(":".join([verb, *arguments]))
        person.sees("記録に残りました")
        assert (await world.rows("SELECT what FROM audit ORDER BY id"))[-1] == (verb,)
    assert len(await world.rows("SELECT * FROM staff WHERE removed_at IS NULL")) >= 1


async def test_in_a_group_nobody_else_is_heard(world: World) -> None:
    admin = await world.staff()
    assert await admin.says_in_group("予約") == []
    assert await admin.says_in_group("/nothing_of_ours") == []
    stranger = world.parent()
    assert await stranger.says_in_group("/nothing_of_ours") == []
    (answer, *_) = await admin.says_in_group("/help")
    assert "/today" in answer.text
    assert not answer.buttons  # they do not work in groups


async def test_leaving_within_the_last_moment_of_a_code(world: World) -> None:
    code = await world.store(lambda store: store.staff.invite("x", Role.ADMIN, None, world.clock()))
    await world.play_to(world.clock() + timedelta(minutes=9, seconds=59))
    person = world.parent()
    await person.follows()
    await person.says(f" {code} ")
    person.sees("登録しました")


async def test_telegrams_menus_follow_the_team(make_world: MakeWorld) -> None:
    world: World = await make_world("telegram")
    channel = world.app.core.channels[world.channel]
    await refresh_menus(world.app.core, channel)
    shown = world.telegram.menus
    assert shown["all_private_chats", ""]["book"] == "予約する"
    assert shown["all_private_chats", "en"]["book"] == "Book"
    admin, counselor = await world.staff(), await world.staff(Role.COUNSELOR)
    await world.staff()
    await refresh_menus(world.app.core, channel)
    assert "audit" in shown[admin.person, ""]
    assert "audit" not in shown[counselor.person, ""]
    assert shown[counselor.person, ""]["today"] == "今日の予約"
    await admin.taps_data("leaveyes/1")
    await refresh_menus(world.app.core, channel)
    assert shown[admin.person, ""] == {}
    shown.clear()
    await refresh_menus(world.app.core, channel)
    assert shown == {}  # nothing has changed: nothing is asked


async def test_lines_menu_follows_the_team(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    channel = world.app.core.channels[world.channel]
    theirs = world.line.menus
    await refresh_menus(world.app.core, channel)
    assert [menu["name"].split()[1] for menu in theirs.made.values()] == ["new"]
    admin, colleague = await world.staff(), await world.staff(Role.COUNSELOR)
    parent = world.parent()
    await parent.follows()
    await refresh_menus(world.app.core, channel)
    labels = [action["label"] for action in theirs.seen_by(admin.person)]
    assert labels == ["今日", "明日", "今週", "要対応", "人を探す・予約", "職員メニュー"]
    of_parents = [action["label"] for action in theirs.seen_by(parent.person)]
    assert of_parents[:2] == ["予約する", "利用規約を見る"]
    for action in theirs.seen_by(colleague.person):
        await colleague.taps_data(action["data"])
        assert "そのボタンは今は使えません" not in colleague
    picture = theirs.pictures[theirs.shown[admin.person]]
    colours = Image.open(BytesIO(picture)).convert("RGB").getcolors(100_000)
    assert len(colours or ()) > 10  # words stand in it
    asked = theirs.requests
    await refresh_menus(world.app.core, channel)
    assert theirs.requests == asked  # nothing has changed: nothing is asked
    await admin.taps_data("stafflanguage/1:en")
    await refresh_menus(world.app.core, channel)
    assert theirs.seen_by(admin.person)[0]["label"] == "Today"
    await colleague.taps_data("leaveyes/1")
    await refresh_menus(world.app.core, channel)
    seen = [action["label"] for action in theirs.seen_by(colleague.person)]
    assert seen[:2] == of_parents[:2]


async def _restarted(world: World) -> LineChannel:
    """LINE's channel as after a restart."""
    await world.app.core.channels["line"].close()
    return LineChannel(world.line.secret, world.line.token, world.platform_url)


async def test_lines_menu_is_found_again_after_a_restart(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    admin, leaver = await world.staff(), await world.staff()
    channel = world.app.core.channels[world.channel]
    await refresh_menus(world.app.core, channel)
    theirs = world.line.menus
    old = dict(next(iter(theirs.made.values())), name="madoguchi staff ja 0")
    of_the_office = dict(old, name="made by hand")
    theirs.made |= {"richmenu-old": old, "richmenu-hand": of_the_office}
    await leaver.taps_data("leaveyes/1")
    theirs.pictures.clear()  # the program ended before it had drawn
    again = await _restarted(world)
    await refresh_menus(world.app.core, again)
    assert len(theirs.pictures) == 2
    assert "richmenu-old" not in theirs.made
    assert "richmenu-hand" in theirs.made
    assert theirs.seen_by(admin.person)
    assert theirs.seen_by(leaver.person)[0]["label"] == "予約する"
    await again.close()


async def test_what_line_or_somebody_else_undoes_is_done_again(make_world: MakeWorld) -> None:
    world: World = await make_world("line")
    _, leaver = await world.staff(), await world.staff()
    channel = world.app.core.channels[world.channel]
    await refresh_menus(world.app.core, channel)
    await leaver.taps_data("leaveyes/1")
    again = await _restarted(world)
    world.line.menus.broken = 1
    with pytest.raises(Unanswered):
        await refresh_menus(world.app.core, again)
    await refresh_menus(world.app.core, again)
    assert world.line.menus.seen_by(leaver.person)[0]["label"] == "予約する"
    world.line.menus.made.clear()  # by hand, in LINE's own manager
    newcomer = await world.staff()
    with pytest.raises(Unanswered):
        await refresh_menus(world.app.core, again)
    await refresh_menus(world.app.core, again)
    assert world.line.menus.seen_by(newcomer.person)
    await again.close()


async def test_admins_are_told_apart_by_their_names(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    admin = await world.staff()
    for name, seen in ((" ", "文字が入っていません"), ("admin", "もういる")):
        await admin.taps_data("invited/1:0")
        admin.sees("新しい管理者の名前")
        await admin.says(name)
        admin.sees(seen)
    await admin.says("山本 恵")
    code = admin.seen[-1].text
    colleague = world.parent()
    await colleague.says(code)
    await admin.says("/staff")
    admin.sees("山本 恵  管理者")
    await colleague.says("/stats")
    await admin.says("/audit")
    admin.sees("山本 恵 統計を見た")
