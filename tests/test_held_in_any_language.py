"""Whoever says that they cannot come is heard, in whatever language and words, and nothing that
they type can keep it from being heard."""

from datetime import timedelta

import pytest

from handlers.parents import troubles
from locales.words import word_languages, words_of
from models.tables import Status
from models.understanding.sayings import Saying, Trouble
from tests.consultation import at_the_end_of_grace
from tests.corpus import TODAY
from tests.world import World

CANNOT = (
    *("明天不能来", "明天有事", "我明天要加班", "明天恐怕不行", "明天不方便", "住院了", "肚子疼"),
    *("周五去不了,换一天可以吗", "我不来了", "不去了谢谢", "下次吧", "把名额让给别人"),
    *("I'm busy tomorrow", "Not tomorrow", "I am not free tomorrow", "we are at the ER"),
    *("could you take me off the list for the 3rd?", "Undo the booking I made, it's not for me."),
    *("mai em ban roi", "mai khong duoc", "em dang o benh vien", "em bận đột xuất ạ"),
    *("desmarca", "apaga a reserva das 9:30", "to doente", "a creche fechou", "queria adiar"),
    *("hindi ako pwede bukas", "pakansela po", "masakit ang ulo ko", "busy ako bukas"),
    *("明日NG", "予約いらんくなった", "明日じゃなくて来週がいいです", "もう入りません"),
    *("キャンセルしたいんですけど手数料かかりますか?", "仕事で無理かもしれませんがいいですか"),
    *("I want to cancel tomorrow. Is there a fee?", "work came up, can I skip?"),
    *("会不会迟到", "要不要取消", "không vào được", "não consigo entrar", "ayaw mabuksan"),
    "キャンセルしないでくださいと言いましたが、やっぱりキャンセルします",
    *("キャンセルしてもいいですか", "can I cancel?", "キャンセルってできますか?"),
    *("心配しないでください明日行けません", "ご心配ありがとうございます熱が39度あるので休みます"),
    *("em không muốn ạ, cảm ơn chị", "mai em vắng", "em không hủy lịch được", "bé bị ho"),
    *("びょうきです", "こどもがねつをだしました", "あしたはやすみです", "ashita yasumimasu"),
    *("my child is not well", "I have a conflict tomorrow", "the train won't move", "I got hired"),
    *("仕事中に熱が出たんですけどいいですか", "work is keeping me late, is that ok?"),
    *("Is there a penalty? I am cancelling", "我明天不会来", "没人带娃", "手机坏了", "车祸"),
    *("não, obrigado", "caiu a internet", "huwag na po", "may pasok po ako bukas"),
    "今日はいい天気です。" * 25 + "我明天去不了。" + "また書きます。" * 35,
)


@pytest.mark.parametrize("words", CANNOT)
def test_these_words_may_mean_that_somebody_does_not_come(words: str) -> None:
    assert troubles.may_not_come(words, TODAY)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "谢谢",
            "好的",
            "cảm ơn chị",
            "obrigada",
            "salamat po",
            "予約の確認",
            "キャンセルは何日前まで?",
        ),
        *(
            "Tiếng Việt",
            "中文",
            "em sẽ đến đúng giờ ạ",
            "谢谢老师,明天会准时参加的",
            "não vou me atrasar",
        ),
        *("hindi ako male-late", "不会迟到的", "こんにちは、明日よろしくお願いします"),
        *("how late can I cancel?", "ありがとうございます", "キャンセル料はかかりますか"),
    ],
)
def test_these_words_do_not(words: str) -> None:
    assert not troubles.may_not_come(words, TODAY)


@pytest.mark.parametrize("words", ["ok 😭", "cảm ơn 🤒", "🤒明日🙅", "no thanks", "outro dia"])
def test_these_words_do_not_say_that_all_is_well(words: str) -> None:
    assert not troubles.is_understood(words, TODAY)


@pytest.mark.parametrize(
    "words",
    [
        *("em không muốn ạ, cảm ơn chị", "em khong muon", "em vắng ạ", "dang cho"),
        *("すみません、明日は", "明日は…すみません", "明日×、よろしくお願いします", "谢谢×"),
        *("健診が入りました", "予約返します", "枠ゆずります", "予約は大丈夫です", "相談はいいです"),
        *("phone is dead", "sira phone", "电话坏了", "nandito ako sa work", "magpapacheck up"),
    ],
)
def test_a_known_word_beside_an_unknown_one_is_not_understood(words: str) -> None:
    assert not troubles.is_understood(words, TODAY)


@pytest.mark.parametrize("language", word_languages())
def test_every_trouble_is_one_that_we_know(language: str) -> None:
    assert {each.value for each in Trouble} == set(words_of(language).troubles)


@pytest.mark.parametrize("language", word_languages())
def test_every_saying_is_one_that_we_know(language: str) -> None:
    known = {each.value for each in Saying}
    assert set(words_of(language).sayings) <= known
    assert {"yes", "no", "courtesy", "denies", "cancels"} <= set(words_of(language).sayings)


@pytest.mark.parametrize(
    "words",
    [
        "熱が出て行けません。1〜40日",
        "3号到45号",
        "dia 3 a 45",
        "行けません\ue005",
        "明天不能来",
        "hindi ako pwede bukas",
        "desmarca",
        "mai em ban roi",
    ],
)
async def test_what_they_say_holds_the_booking_at_any_time(world: World, words: str) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at - timedelta(hours=13))
    await parent.says(words)
    assert await at_the_end_of_grace(world, booking) == Status.UNDECIDED


@pytest.mark.parametrize(
    "words",
    ["我不进去了", "シフト入りました", "会社に着きました", "nao estou na sala", "nobody is here"],
)
async def test_only_the_very_words_say_that_somebody_has_come(world: World, words: str) -> None:
    parent = world.parent()
    booking = await parent.has_booked()
    await world.play_to(booking.starts_at + timedelta(minutes=1))
    await parent.says(words)
    assert (await world.booking()).status != Status.JOINED
