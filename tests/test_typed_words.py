"""What people type: odd texts, and words that work as well as buttons."""

from datetime import date

import pytest

from handlers.parents.typed import Wish, understand
from tests.world import World

ODD_TEXTS = [
    "あ" * 10_000,
    "a\0b\0",
    "\ud83d",
    "予約\udc00",
    "\u202e逆さま\u202c",
    "Z̸̡̢̛̫̻͈͓̲͚͇̗͕̑́̄͊̚a" * 40,
    "👩‍👩‍👧‍👦🇯🇵",
    "１２３４５",
    " ",
    "\n\n\n",
    "'; DROP TABLE bookings; --",
    "<script>alert(1)</script>",
    "{placeholder} %s %(name)s",
]


@pytest.mark.parametrize("odd", ODD_TEXTS)
async def test_odd_text_gets_a_kind_answer(world: World, odd: str) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.says(odd)
    parent.sees("ご用件をお選びください|日をお選び|利用規約のあらまし")
    assert await world.alerts() == []


@pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "location"])
async def test_what_is_not_text_gets_a_kind_answer(world: World, kind: str) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.sends(kind)
    parent.sees("スタンプ|写真|音声|場所", "予約する")


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("予約", Wish.BOOK),
        ("よやくしたいです", Wish.BOOK),
        ("ＢＯＯＫ", Wish.BOOK),
        ("空きはありますか", Wish.BOOK),
        ("予約確認", Wish.MINE),
        ("my bookings", Wish.MINE),
        ("予約を変更したい", Wish.MOVE),
        ("reschedule", Wish.MOVE),
        ("キャンセル", Wish.CANCEL),
        ("予約をキャンセルしたい", Wish.CANCEL),
        ("Cancel please", Wish.CANCEL),
        ("行けなくなりました", Wish.CANCEL),
        ("子どもが熱を出して遅れます", Wish.LATE),
        ("I'll be late", Wish.LATE),
        ("I\u2019m in", Wish.HERE),
        ("入りました", Wish.HERE),
        ("12/3に変更", Wish.MOVE),
        ("通訳をお願いします", Wish.COMPANY),
        ("次へ", Wish.NEXT),
        ("I'm in a traffic jam", None),
        ("まだ入室していません", None),
        ("少し遅くなります", Wish.LATE),
        ("今日行けないです", Wish.CANCEL),
        ("I can\u2019t make it", Wish.CANCEL),
        ("別の日にしてほしい", Wish.MOVE),
        ("こんにちは、予約したいです", Wish.BOOK),
        ("change language", Wish.MENU),
        ("電話番号を変えたい", Wish.DETAILS),
        ("登録内容を変更したい", Wish.DETAILS),
        ("ヘルプ", Wish.HELP),
        ("HELP!", Wish.HELP),
        ("/help", Wish.HELP),
        ("\u200fhelp\u200f", Wish.HELP),
        ("使い方がわからない", Wish.HELP),
        ("電話", Wish.OFFICE),
        ("contact", Wish.OFFICE),
        ("住所を教えて", Wish.OFFICE),
        ("規約", Wish.TERMS),
        ("同意を取り消したい", Wish.WITHDRAW),
        ("start", Wish.START),
        ("はじめる", Wish.START),
        ("メニュー", Wish.MENU),
        ("English", Wish.ENGLISH),
        ("日本語で", Wish.JAPANESE),
        ("らりるれろ", None),
        ("chocolate", None),
        ("starting", None),
        ("", None),
    ],
)
def test_what_typed_words_mean(words: str, wish: Wish | None) -> None:
    assert understand(words, date(2026, 11, 30)).wish is wish


async def test_typed_words_work_as_well_as_buttons(world: World) -> None:
    parent = world.parent()
    await parent.follows()
    for words, seen in (
        ("予約", "同意する"),
        ("予約確認", "予約はありません"),
        ("変更", "予約はありません"),
        ("キャンセル", "予約はありません"),
        ("遅れます", "予約はありません"),
        ("入りました", "予約はありません"),
        ("通訳をお願いします", "予約はありません"),
        ("次へ", "同意する"),
        ("登録内容", "同意する"),
        ("12/3に変更", "予約はありません"),
        ("ヘルプ", "できること"),
        ("電話", "立町"),
        ("規約", "利用規約のあらまし"),
        ("同意を取り消したい", "取り消す同意はありません"),
        ("start", "利用規約のあらまし"),
        ("メニュー", "ご用件"),
        ("らりるれろ", "うまく読み取れませんでした"),
        ("はい。", "ボタンを押してください"),
        ("OK", "ボタンを押してください"),
        ("広島花子 ０９０－１２３４－５６７８です", "ここには書かないでください"),
        ("34010-1234567", "ここには書かないでください"),
        ("遅れます。090-1234-5678に電話ください", "ここには書かないでください"),
        ("遅れます。090-1234-5678に電話ください", "今、予約はありません"),
        ("090-1234-5678", "ここには書かないでください"),
        ("English", "What would you like"),
        ("日本語", "ご用件"),
    ):
        await parent.says(words)
        parent.sees(seen)
