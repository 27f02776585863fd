"""What people type: odd texts, and words that work as well as buttons."""

from datetime import date

import pytest

from models.understanding.frame import Intent
from models.understanding.reading import read
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
    parent.sees("ご用件をお選びください|日をお選び|利用規約のあらまし|予約はありません")
    assert await world.alerts() == []


@pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "location"])
async def test_what_is_not_text_gets_a_kind_answer(world: World, kind: str) -> None:
    parent = world.parent()
    await parent.follows()
    await parent.sends(kind)
    parent.sees("スタンプ|写真|音声|場所", "予約する")


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("予約", Intent.BOOK),
        ("よやくしたいです", Intent.BOOK),
        ("ＢＯＯＫ", Intent.BOOK),
        ("空きはありますか", Intent.BOOK),
        ("予約確認", Intent.LIST),
        ("my bookings", Intent.LIST),
        ("予約を変更したい", Intent.MOVE),
        ("reschedule", Intent.MOVE),
        ("キャンセル", Intent.CANCEL),
        ("予約をキャンセルしたい", Intent.CANCEL),
        ("Cancel please", Intent.CANCEL),
        ("行けなくなりました", Intent.CANCEL),
        ("子どもが熱を出して遅れます", Intent.LATE),
        ("I'll be late", Intent.LATE),
        ("I\u2019m in", Intent.HERE),
        ("入りました", Intent.HERE),
        ("12/3に変更", Intent.MOVE),
        ("通訳をお願いします", Intent.COMPANY),
        ("次へ", Intent.NEXT),
        ("I'm in a traffic jam", Intent.LATE),
        ("まだ入室していません", Intent.NONE),
        ("少し遅くなります", Intent.LATE),
        ("今日行けないです", Intent.CANCEL),
        ("I can\u2019t make it", Intent.CANCEL),
        ("別の日にしてほしい", Intent.MOVE),
        ("こんにちは、予約したいです", Intent.BOOK),
        ("change language", Intent.LANGUAGE),
        ("電話番号を変えたい", Intent.DETAILS),
        ("登録内容を変更したい", Intent.DETAILS),
        ("ヘルプ", Intent.HELP),
        ("HELP!", Intent.HELP),
        ("/help", Intent.HELP),
        ("\u200fhelp\u200f", Intent.HELP),
        ("使い方がわからない", Intent.HELP),
        ("電話", Intent.OFFICE),
        ("contact", Intent.OFFICE),
        ("住所を教えて", Intent.OFFICE),
        ("規約", Intent.TERMS),
        ("同意を取り消したい", Intent.WITHDRAW),
        ("start", Intent.START),
        ("はじめる", Intent.START),
        ("メニュー", Intent.MENU),
        ("English", Intent.LANGUAGE),
        ("日本語で", Intent.LANGUAGE),
        ("らりるれろ", Intent.NONE),
        ("chocolate", Intent.NONE),
        ("", Intent.NONE),
    ],
)
def test_what_typed_words_mean(words: str, intent: Intent) -> None:
    assert read(words, date(2026, 11, 30)).intent is intent


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
        ("通訳をお願いします", "日時を選んだあと"),
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
        ("English", "The terms of use"),
        ("日本語", "利用規約のあらまし"),
    ):
        await parent.says(words)
        parent.sees(seen)
