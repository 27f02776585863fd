"""Questions: a parent's own words go to staff, and the answer comes back in the same chat."""

from datetime import timedelta

from models.tables import Role
from tests.talk import Parent
from tests.world import World


async def asks(world: World, words: str) -> Parent:
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("質問")
    parent.sees("書いて送ってください")
    await parent.says(words)
    return parent


async def test_a_question_is_answered_by_replying_to_it(world: World) -> None:
    admin = await world.staff()
    parent = await asks(world, "子どもを連れて行ってもいいですか")
    parent.sees("職員がここでお答えします", "082-542-8609")
    await world.play(seconds=15)
    admin.looks().sees("質問 #1", "子どもを連れて")
    await admin.replies(admin.seen[0], "はい、どうぞお連れください。")
    admin.sees("#1 の答えを送りました")
    parent.looks().sees("窓口からのお返事", "「子どもを連れて", "はい、どうぞ")
    await parent.taps("続けて質問する")
    parent.sees("書いて送ってください")
    await admin.says("質問")
    admin.sees("答えていない質問はありません")


async def test_a_question_is_answered_by_button(world: World) -> None:
    admin = await world.staff()
    parent = await asks(world, "駐車場はありますか。車で行きたいです")
    await admin.says("/questions")
    await admin.taps("#1 に答える")
    await admin.says("あります。")
    parent.looks().sees("あります。")
    sealed = await world.rows("SELECT body, answer FROM questions")
    assert "駐車場".encode() not in bytes(sealed[0][0])
    assert "あります".encode() not in bytes(sealed[0][1])


async def test_questions_stand_among_what_needs_staff(world: World) -> None:
    admin = await world.staff()
    await admin.says("/needs")
    admin.sees("要対応はありません")
    await asks(world, "子どもを連れて行ってもいいですか")
    await admin.says("/needs")
    admin.sees("1件", "質問 1件")
    await admin.taps("^質問$")
    admin.sees("子どもを連れて")


async def test_outside_the_hours_an_answer_is_promised_for_the_morning(world: World) -> None:
    admin = await world.staff()
    await world.play_to(world.clock() + timedelta(days=4, hours=8, minutes=20))  # Friday, 17:20
    admin.looks()
    parent = await asks(world, "服装は自由ですか。教えてください")
    parent.sees("12月7日\\(月\\)", "8:30")
    await world.play(hours=12)
    admin.looks().sees_no("服装")
    await world.play(days=2, hours=4)
    admin.looks().sees("服装")


async def test_numbers_do_not_belong_into_a_question(world: World) -> None:
    parent = await asks(world, "090-1234-5678に電話してもらえますか")
    parent.sees("ここには書かないでください", "書いて送ってください")
    assert await world.rows("SELECT * FROM questions") == []
    await parent.says("電話してもらえますか。昼間がいいです")
    parent.sees("質問を受け付けました")


async def test_a_wish_is_no_question(world: World) -> None:
    parent = world.parent()
    await parent.has_booked()
    await parent.says("質問")
    await parent.says("キャンセル")
    parent.sees("キャンセルしますか|キャンセルする")
    await parent.says("なんでしょうね")
    parent.sees("読み取れません")
    assert await world.rows("SELECT * FROM questions") == []


async def test_at_most_three_open_questions(world: World) -> None:
    parent = await asks(world, "一つ目の質問をここに書きます")
    for _ in range(2):
        await parent.says("質問")
        await parent.says("もう一つ聞いてもいいでしょうか")
    await parent.says("質問")
    parent.sees("まだお答えしていない質問")


async def test_a_question_taken_back_is_scrubbed(world: World) -> None:
    if world.channel != "line":
        return  # Telegram tells nobody
    parent = await asks(world, "やっぱり聞かなかったことにしてください")
    (number,) = (await world.rows("SELECT message_id FROM questions"))[0]
    unsend = world.line.event(
        parent.person, "unsend", answerable=False, unsend={"messageId": number}
    )
    await world.line.deliver([unsend])
    assert await world.rows("SELECT body FROM questions") == [(None,)]


async def test_counselors_answer_their_own_parents(world: World) -> None:
    counselor, admin = await world.staff(Role.COUNSELOR), await world.staff()
    parent = world.parent()
    await parent.has_settled_everything()
    await parent.says("質問")
    await parent.says("予約がなくても聞けますか")
    await counselor.taps_data("question/1:1")
    counselor.sees("記録に残りました")
    await parent.has_booked()
    await counselor.taps_data("question/1:1")
    await counselor.says("はい、聞けます。")
    parent.looks().sees("はい、聞けます")
    await admin.taps_data("closequestion/1:1")
    admin.sees("答えていない質問はありません")


async def test_what_was_typed_is_sent_with_one_tap(world: World) -> None:
    admin = await world.staff()
    parent = world.parent()
    await parent.follows()
    await parent.says("駐車場は近くにありますか")
    parent.sees("うまく読み取れませんでした")
    (kept,) = await world.rows("SELECT body FROM drafts")
    assert "駐車場".encode() not in bytes(kept[0])
    await parent.taps("窓口に質問として送る")
    parent.sees("職員がここでお答えします")
    assert await world.rows("SELECT * FROM drafts") == []
    await world.play(seconds=15)
    admin.looks().sees("駐車場は近くにありますか")
    await parent.taps_old("窓口に質問として送る")
    parent.sees("もう送ったか")  # sent once; nothing is kept any more
    assert len(await world.rows("SELECT * FROM questions")) == 1


async def test_what_was_typed_is_forgotten_soon(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says("駐車場は近くにありますか")
    await world.play(minutes=31)
    assert await world.rows("SELECT * FROM drafts") == []
    await parent.taps_old("窓口に質問として送る")
    parent.sees("もう送ったか")
    await parent.says("🙂🙂🙂🙂🙂🙂")
    await parent.taps_data("menu/1")
    await parent.says("？？")
    assert "窓口に質問として送る" not in str(parent.labels())
    await parent.says("080-1234-5678 です")
    assert await world.rows("SELECT * FROM drafts") == []
    await parent.says("駐車場は近くにありますか")
    await parent.says("オムツ替えはできますか")
    await parent.taps_old("窓口に質問として送る", which=1)
    other = world.parent()
    await other.follows()
    await other.taps_data("sendthis/1:3")  # somebody else's
    other.sees("もう送ったか")
    await world.play(seconds=15)
    (kept,) = await world.store(lambda store: [each.text for each in store.questions.open()])
    assert kept == "駐車場は近くにありますか"  # what that button was about
