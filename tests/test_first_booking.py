"""A parent books for the first time, and again."""

from datetime import timedelta

import pytest

from models.rules.eligibility import ITEMS, Card
from models.tables import Companion, Status
from tests.conftest import MakeWorld
from tests.world import World


async def test_from_follow_to_confirmed(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    parent.sees("無料", "利用規約のあらまし", "同意する")
    await parent.taps("同意する")
    parent.sees("ご利用の条件")
    await parent.taps("すべて当てはまる")
    parent.sees("端末と回線")
    await parent.taps("すべて大丈夫")
    parent.sees("入力ページを開く")
    assert (await parent.fills_form()).status_code == 200
    await parent.taps("次へ")
    await parent.taps("職業相談")
    parent.sees("12/1\\(火\\) 空き12")
    await parent.taps("12/1")
    parent.sees("午前", "午後", "10:00", "15:30")
    await parent.taps("10:00")
    parent.sees("12月1日\\(火\\)\\s10:00〜10:30", "佐藤", "ひとり")
    await parent.taps("この内容で予約する")
    parent.sees("予約しました", "予約番号", "佐藤", "相談に入る", "カレンダー", "キャンセル")
    assert parent.taps_made <= 8
    booking = await world.booking()
    assert booking.status == Status.BOOKED
    assert world.pushes() == 0


async def test_the_next_booking_takes_four_taps(world: World) -> None:
    parent = world.parent()
    first = await parent.has_booked()
    await parent.joins_at_start(first)
    await world.play(hours=2)
    parent.looks()
    parent.taps_made = 0
    await parent.says("メニュー")
    await parent.taps("予約する")
    parent.sees("職業相談：日をお選びください", "ほかの相談")
    await parent.taps("空き")
    await parent.taps(r"\d:\d\d")
    await parent.taps("この内容で予約する")
    parent.sees("予約しました")
    assert parent.taps_made <= 4


async def test_in_english(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel)
    parent = world.parent(language="en")
    booking = await parent.has_booked()
    parent.sees("You are booked", r"Tue, Dec 1\s10:00–10:30", "Job consultation", booking.reference)
    await parent.taps("Cancel")
    parent.sees("Cancel this booking?")
    await parent.taps("Yes, cancel it")
    parent.sees("Cancelled")


async def test_the_language_can_be_switched_at_any_time(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.taps("^English$")
    parent.sees("free of charge", "The terms of use")
    await parent.says("日本語")
    parent.sees("利用規約のあらまし")
    await parent.says("English please")
    await parent.taps("I agree")
    parent.sees("Is this service for you")
    await parent.says("日本語")
    parent.sees("ご利用の条件")


async def test_who_may_book_reads_the_menu_in_the_new_language(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("English please")
    parent.sees("What would you like to do")
    await parent.taps("Language")
    await parent.taps("^日本語$")
    parent.sees("ご用件")


async def test_a_wish_from_before_the_terms_is_kept(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("12月2日の午前に予約したいです")
    parent.sees("利用規約のあらまし")
    await parent.taps("同意する")
    await parent.taps("すべて当てはまる")
    await parent.says("こんにちは")
    await parent.says("ヘルプ")
    await parent.taps("電話・住所|窓口")
    await parent.taps_old("すべて大丈夫")
    await parent.fills_form()
    await parent.taps("次へ")
    await parent.taps("職業相談")
    parent.sees("12月2日\\(水\\)", "午前", "10:00").sees_no("15:00")


async def test_a_newer_wish_replaces_one_that_is_kept(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("12月2日の午前に予約したいです")
    await parent.says("12月4日の午後に予約したいです")
    await parent.taps("同意する")
    await parent.taps("すべて当てはまる")
    await parent.taps("すべて大丈夫")
    await parent.fills_form()
    await parent.taps("次へ")
    await parent.says("職業相談")
    parent.sees("12月4日\\(金\\)", "15:00").sees_no("10:00")


async def test_yes_is_pressed_and_the_service_may_be_typed(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("同意します")
    parent.sees("ボタン", "利用規約のあらまし")
    await parent.taps("同意する")
    await parent.says("はい")
    parent.sees("ボタン", "ご利用の条件")
    await parent.taps("すべて当てはまる")
    await parent.taps("すべて大丈夫")
    await parent.fills_form()
    await parent.taps("次へ")
    await parent.says("職業相談")
    parent.sees("12/1\\(火\\) 空き12")


async def test_the_service_may_stand_inside_other_words(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("12月2日の午前に相談したいんですけど、どうかなあ")
    parent.sees("12月2日\\(水\\)[^\\n]*ですね", "利用規約のあらまし")
    for data in ("agree/1:1", "all/1:e", "all/1:v"):
        await parent.taps_data(data)
    await parent.fills_form()
    await parent.taps("次へ")
    await parent.says("面接の練習です")
    parent.sees("12月2日\\(水\\)", "10:00").sees_no("15:00")


async def test_a_service_that_was_chosen_is_kept_for_the_next_words(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("days/1:interview:0")
    await parent.says("ありがとう")
    await parent.says("12月2日の10時半がいいです")
    parent.sees("この内容で予約しますか", "面接", "12月2日")
    await parent.says("やっぱり12月3日の午後で")
    parent.sees("12月3日").sees_no("どの相談をご希望ですか")
    await parent.says("10時か14時でお願いします")  # which of the two is asked, not guessed
    parent.sees("どちらですか", "10:00", "14:00")


async def test_not_now_leaves_the_phone_and_a_way_back(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.taps("今はしない")
    parent.sees("082-542-8609", "8:30")
    await parent.taps("規約をもう一度見る")
    parent.sees("同意する")


async def test_the_full_text_can_be_read_chat_browser(make_world: MakeWorld, channel: str) -> None:
    long = "\n".join(f"第{number}条 " + "長い文章です。" * 60 for number in range(1, 25))
    world: World = await make_world(channel, terms=long)
    parent = world.parent()
    await parent.follows()
    await parent.taps("全文をここで読む")
    read = [parent.seen[0].text]
    while "続きを読む" in parent:
        await parent.taps("続きを読む")
        read.append(parent.seen[0].text)
    assert "".join("".join(read).split()) == "".join(long.split())
    await parent.taps("あらましにもどる")
    parent.sees("同意する")


async def test_who_reads_another_language_hears_that_the_japanese_text_binds(world: World) -> None:
    parent = world.parent(language="en")
    await parent.follows()
    await parent.taps("Full text here in chat")
    parent.sees("The text that binds is the Japanese one", "第1条")


async def test_nothing_is_offered_without_published_terms(
    make_world: MakeWorld, channel: str
) -> None:
    world: World = await make_world(channel, terms="")
    parent = world.parent()
    await parent.follows()
    parent.sees("まだ受付を始めていません", "082-542-8609")
    await parent.says("予約")
    parent.sees("まだ受付を始めていません")


async def test_consent_is_recorded_and_can_be_withdrawn(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    rows = await world.rows("SELECT terms_version, given, channel, length(sha256) FROM consents")
    assert rows == [(1, True, world.channel, 64)]
    await parent.says("ヘルプ")
    await parent.taps("同意を取り消す")
    parent.sees("12月1日\\(火\\)\\s10:00〜10:30の予約もキャンセル")
    await parent.taps("^取り消す$")
    parent.sees("同意を取り消しました")
    assert (await world.booking()).status == Status.CANCELLED
    rows = await world.rows("SELECT given FROM consents ORDER BY id")
    assert rows == [(True,), (False,)]
    await parent.says("予約")
    parent.sees("利用規約のあらまし")
    await parent.taps_old("^取り消す$")
    parent.sees("取り消す同意はありません")


async def test_a_newer_version_asks_again(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await world.publishes("新しい規約\n第1条 あたらしい", "2026-11-01")
    await parent.taps("同意する")
    parent.sees("規約が新しくなりました")
    await parent.taps("同意する")
    parent.sees("ご利用の条件")
    await world.publishes("もっと新しい規約", "2026-12-02")
    await parent.says("予約")
    parent.sees("ご利用の条件")  # not in force yet
    await world.play_to(world.clock() + timedelta(days=2))
    await parent.says("予約")
    parent.sees("利用規約のあらまし", "規約が新しくなりました")


@pytest.mark.parametrize(
    ("card", "items", "ways_out"),
    [
        (
            "e",
            ("child", "registered", "mypage", "device"),
            ("ハローワーク", "窓口", "マイページ", "アプリ"),
        ),
        (
            "v",
            ("safe", "line", "patched", "firewall", "sharing", "antivirus"),
            ("ウイルス", "携帯回線", "更新", "ファイアウォール", "Winny", "有償版"),
        ),
    ],
)
async def test_every_no_has_a_way_out(
    world: World, card: str, items: tuple[str, ...], ways_out: tuple[str, ...]
) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.taps("同意する")
    if card == "v":
        await parent.taps("すべて当てはまる")
    await parent.taps("ひとつずつ")
    for number, (_, way_out) in enumerate(zip(items, ways_out, strict=True), 1):
        parent.sees(f"\\({number}/{len(items)}\\)")
        await parent.taps("いいえ")
        parent.sees(way_out, "082-542-8609")
        if number == 1 and card == "e":  # cannot be put right: only answered anew
            parent.sees_no("準備できました")
            await parent.taps("もう一度この質問に答える")
            await parent.taps("はい")
        else:
            await parent.taps("準備できました")
    parent.sees("端末と回線の確認" if card == "e" else "お名前などの登録")
    rows = await world.rows("SELECT item, holds FROM declarations ORDER BY id")
    mine = [row for row in rows if row[0] in items]
    assert mine == [(item, holds) for item in items for holds in (False, True)]


async def test_a_no_does_not_outlast_a_clock_that_was_ahead(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.taps("同意する")
    await parent.taps("ひとつずつ")
    await world.play(hours=2)
    await parent.taps("いいえ")
    world.clock._frozen = world.clock() - timedelta(hours=2)
    await parent.taps("もう一度この質問に答える")
    await parent.taps("はい")
    await world.play(minutes=1)
    for _ in ITEMS[Card.ELIGIBILITY][1:]:
        await parent.taps("はい")
    parent.sees("端末と回線の確認")


async def test_a_condition_left_open_blocks_the_way(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.taps("同意する")
    await parent.taps("ひとつずつ")
    await parent.taps("いいえ")
    for data in ("book/1", "days/1:consultation:0", "all/1:e"):
        await parent.taps_data(data)
        parent.sees("19歳以下のお子さん", "もう一度この質問に答える").sees_no("準備できました")
    rows = await world.rows("SELECT item, holds FROM declarations WHERE item = 'child'")
    assert rows == [("child", False)]  # a no stays a no


async def test_old_declarations_are_asked_again(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, environment_valid_days=7)
    parent = world.parent()
    await parent.has_settled_everything()
    parent.sees("どの相談")
    await world.sleep_until(world.clock() + timedelta(days=8))
    await parent.says("予約")
    parent.sees("端末と回線の確認")


async def test_with_an_interpreter(world: World) -> None:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps("職業紹介")
    await parent.taps("空き")
    await parent.taps("13:30")
    await parent.taps("同席者を知らせる")
    await parent.taps("通訳の人")
    parent.sees("この内容で予約しますか", "通訳の人")
    await parent.taps("この内容で予約する")
    parent.sees("予約しました", "通訳の人", "職業紹介", "13:30")
    await parent.says("予約確認")
    await parent.taps("準備と注意を見る")
    await parent.taps("同席者を知らせる")
    await parent.taps("ひとり")
    parent.sees("ひとり")
    assert (await world.booking()).companion == Companion.ALONE


async def test_an_office_with_one_service_does_not_ask(make_world: MakeWorld, channel: str) -> None:
    world: World = await make_world(channel, services=("interview",))
    parent = world.parent()
    await parent.has_settled_everything()
    parent.sees("面接：日をお選びください").sees_no("ほかの相談")
    await parent.taps_data("days/1:consultation:0")
    parent.sees("そのボタンは今は使えません")


async def test_an_interpreter_is_remembered_and_staff_see_it_first(world: World) -> None:
    admin = await world.staff()
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.taps_data("language/1:vi")
    await parent.taps_data(f"comes/1:{booking.id}:interpreter")
    await admin.taps_data(f"booking/1:{booking.id}")
    admin.sees("通訳の人（Tiếng Việt、ご本人が連れてくる）")
    facts = next(each.text for each in admin.seen if "通訳の人" in each.text)
    assert facts.index("通訳の人") < facts.index("相談員")
    await parent.taps_data(f"cancelyes/1:{booking.id}:{booking.version}")
    await parent.taps_data("days/1:consultation:0")
    await parent.taps("4/12")
    await parent.taps("11:00")
    parent.sees("Phiên dịch do tôi mời")


async def test_who_asks_for_an_interpreter_is_heard_at_once(world: World) -> None:
    admin = await world.staff()
    parent = world.parent()
    booking = await parent.has_booked()
    await parent.taps_data("language/1:vi")
    await parent.taps_data(f"comes/1:{booking.id}:our_interpreter")
    await world.play(minutes=1)
    admin.looks().sees("通訳の手配を希望しています: Tiếng Việt")
    await admin.taps_data(f"booking/1:{booking.id}")
    admin.sees("通訳の手配を希望（Tiếng Việt）")
    await parent.taps_data(f"cancelyes/1:{booking.id}:{booking.version}")
    await admin.says("/needs")
    admin.sees_no("通訳の手配を希望しています")
    await parent.taps_data(f"uncancel/1:{booking.id}:{booking.version}")
    await admin.says("/needs")
    admin.sees("通訳の手配を希望しています")
    await parent.taps_data(f"comes/1:{booking.id}:alone")
    await admin.says("/needs")
    admin.sees_no("通訳の手配を希望しています")


async def test_an_interpreter_is_wanted_for_every_time_a_booking_gets(world: World) -> None:
    admin = await world.staff()
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.taps_data("with/1:consultation:202612010100:1:our_interpreter")
    await parent.taps("この内容で予約する")
    parent.sees("通訳の方を探して")
    booking = await world.booking()
    await admin.says("/needs")
    admin.sees(
        "12月1日[^\n]*通訳の手配を希望|通訳の手配を希望[^\n]*12月1日|12/1[^\n]*通訳の手配を希望"
    )
    await parent.taps_data(f"moveyes/1:{booking.id}:{booking.version}:202612020100:1")
    await admin.says("/needs")
    admin.sees("通訳の手配を希望").sees_no("12月1日")
    await admin.taps_data(f"smovetime/1:{booking.id}:2:202612030100:1")
    await admin.says("/needs")
    admin.sees("通訳の手配を希望").sees_no("12月2日")
    booking = await world.booking()
    await parent.taps_data(f"cancelyes/1:{booking.id}:{booking.version}")
    await parent.taps_data("time/1:consultation:202612040100:1")
    parent.sees("通訳の手配をお願いしたい")  # as last time
    await admin.taps_data("done/1:3")
    await admin.taps_data("reservewith/1:1:consultation:1:20261204")
    await admin.taps("11:00")
    await admin.says("/needs")
    admin.sees("通訳の手配を希望[^\\n]*12月4日")
