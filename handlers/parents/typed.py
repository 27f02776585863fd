"""What typed words ask for: a wish, and perhaps a day and a time (models/rules/typed_dates.py)."""

import re
from datetime import date, time
from typing import NamedTuple

from models.choice import Choice
from models.rules.typed_dates import plain, read_day, read_time


class Wish(Choice):
    """What a parent can ask for in words."""

    UNDO = "undo"
    LATE = "late"
    HERE = "here"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    MOVE = "move"
    MINE = "mine"
    TERMS = "terms"
    ASK = "ask"
    MY_DATA = "my data"
    HELP = "help"
    OFFICE = "office"
    ENGLISH = "english"
    JAPANESE = "japanese"
    START = "start"
    MENU = "menu"
    NEXT = "next"
    COMPANY = "company"
    DETAILS = "details"
    BOOK = "book"


# "I'm in", and nothing else: "I'm in a traffic jam" is something else.
_HERE = (
    *("入りました", "入室しました", "来ました", "着きました", "つきました", "参加しました"),
    *("i'm in", "im in", "i am in", "i'm here", "im here", "i am here"),
)

# Words that answer a question, which only its buttons can do.
YES = ("はい", "うん", "ok", "okay", "オッケー", "yes", "お願いします", "それで")
_NO = ("いいえ", "いや", "だめ", "no", "nope")

_LONGEST_WORD = 10
# What says that all is well, though the words in it would say the contrary.
REASSURING = re.compile(
    r"間に合(?:い(?:ます|そうです|ました)|う(?:と思い?ます)?|った)(?!か|かな|かどう|か?\?)"
    r"|(?:遅れ|遅刻し|遅刻せ)(?:ず|ないよう|ません(?!か)|ないです(?!か))(?:に)?(?:します)?"
    r"|(?:キャンセル|変更|取り消し|取消)(?:は|を)?(?:しません|しないで(?!す)(?:ください|下さい|ね)?|せず|ではな|じゃな|不要)"
    r"|ご?(?:連絡|返信|返事|お返事)が?(?:遅れ|遅くなり?)(?:て|まして|ました)?(?:しまい)?(?:まして|ました)?"
    r"|心配(?:いり|あり|なさら|しない)\w*"
    r"|(?:don'?t|do not|not|won'?t|never|no need to)(?: want to| going to| gonna| wish to)?"
    r" (?:be late|cancel\w*|late|delayed|reschedule|move)\b"
)
_HOW_TO = re.compile(
    r"(?:使い方|入り方|やり方|操作|方法|仕方|しかた|かた)(?:が|は|も)?(?:よく|いまいち)?(?:わか|分か)(?:りま|ら|ん)\w*"
    r"|(?:don'?t know|not sure) how to(?: use)?"
)
MARKS = "。.!?、, "


class Understood(NamedTuple):
    wish: Wish | None
    day: date | None
    time: time | None


# The first row that fits decides, so the rows whose words say more come first: "cancel my
# booking" is about cancelling. Japanese words may stand anywhere, English ones as whole words.
_WORDS: tuple[tuple[Wish, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        Wish.UNDO,
        (
            "キャンセルを取り",
            "キャンセルの取り",
            "キャンセル取り消",
            "元に戻",
            "もとに戻",
        ),
        ("undo", "take it back"),
    ),
    (Wish.LATE, ("遅れ", "遅く", "おくれ", "遅刻", "ちこく", "間に合"), ("late", "delayed")),
    (
        Wish.MY_DATA,
        ("マイデータ", "個人情報", "データを消", "データを削除", "情報を消"),
        ("my data", "mydata", "delete my", "erase"),
    ),
    (
        Wish.WITHDRAW,
        (
            "同意を取り消",
            "同意を撤回",
            "同意の取り消し",
            "同意の取消",
            "同意取消",
            "同意撤回",
            "撤回",
        ),
        ("withdraw",),
    ),
    (
        Wish.CANCEL,
        (
            "キャンセル",
            "きゃんせる",
            "取り消",
            "取消",
            "とりけし",
            "やめたい",
            "行けなく",
            "行けない",
            "来られない",
            "休みます",
            "欠席",
            "行けません",
        ),
        (
            "cancel",
            "can't come",
            "can't make it",
            "cannot come",
            "cannot make it",
            "cancelation",
            "cancellation",
        ),
    ),
    (Wish.MENU, ("言語",), ("language",)),
    (
        Wish.DETAILS,
        (
            "登録内容",
            "登録情報",
            "電話番号を変",
            "電話番号が変",
            "番号を変",
            "名前を変",
            "名字が変",
        ),
        ("my details", "my phone number", "my name"),
    ),
    (
        Wish.COMPANY,
        ("同席", "付き添い", "付添", "つきそい", "通訳"),
        ("interpreter", "companion", "helper"),
    ),
    (
        Wish.MOVE,
        (
            "変更",
            "別の日",
            "別日",
            "ほかの日",
            "他の日",
            "日を変",
            "時間を変",
            "に変え",
            "リスケ",
            "延ば",
            "日にして",
            "にしてもら",
            "にしてほし",
            "日にでき",
            "日にちを変",
            "へんこう",
            "変えたい",
            "ずらし",
            "日程を変",
            "振替",
            "振り替え",
        ),
        ("move", "reschedule", "change", "postpone", "instead", "next week"),
    ),
    (
        Wish.MINE,
        (
            "予約確認",
            "予約の確認",
            "予約を確認",
            "マイ予約",
            "予約内容",
            "予約状況",
            "私の予約",
        ),
        (
            "mine",
            "my booking",
            "my bookings",
            "my reservation",
            "my reservations",
            "my appointment",
        ),
    ),
    (Wish.TERMS, ("利用規約", "規約", "同意"), ("terms", "consent")),
    (Wish.ASK, ("質問", "しつもん", "聞きたい", "ききたい"), ("question", "ask")),
    (Wish.HELP, ("ヘルプ", "へるぷ", "使い方", "助けて", "わからない", "分からない"), ("help",)),
    (
        Wish.OFFICE,
        ("電話", "でんわ", "問い合わせ", "問合せ", "連絡先", "住所", "場所", "職員"),
        ("phone", "call", "contact", "office", "address", "telephone"),
    ),
    (Wish.ENGLISH, ("英語", "えいご"), ("english",)),
    (Wish.JAPANESE, ("日本語", "にほんご"), ("japanese", "nihongo")),
    (Wish.NEXT, ("次へ", "つぎへ", "送信しました"), ("next", "done", "sent")),
    (
        Wish.BOOK,
        ("予約", "よやく", "申し込", "申込", "相談したい", "空き"),
        ("book", "booking", "reserve", "reservation", "appointment"),
    ),
    (Wish.START, ("はじめ", "始め", "スタート", "開始"), ("start", "hello", "hi")),
    (Wish.MENU, ("メニュー", "めにゅー", "こんにちは", "もどる", "戻る"), ("menu", "back")),
)


_PATTERNS = [
    (
        wish,
        re.compile(
            "|".join(
                [
                    *map(re.escape, japanese),
                    *(rf"(?<![a-z]){re.escape(each)}(?![a-z])" for each in english),
                ]
            )
        ),
    )
    for wish, japanese, english in _WORDS
]


def understand(text: str, today: date) -> Understood:
    """Read what a parent typed, in either language; `today` is the office's day."""
    words = told(text)
    return Understood(_wish(words), read_day(words, today), read_time(words))


def is_a_word(text: str) -> bool:
    """Whether a text is nothing but a wish that we know, and no sentence of its own."""
    words = plain(text).strip(MARKS)
    return len(words) <= _LONGEST_WORD and _wish(words) is not None


def is_an_answer(text: str) -> bool:
    """Whether somebody typed "yes" or "no" where a button is needed."""
    return plain(text).strip(MARKS) in (*YES, *_NO)


def told(text: str) -> str:
    """What a text says, without what reassures. Whoever does not know how to use something asks
    for help."""
    words = _HOW_TO.sub(" 使い方 ", plain(text).replace("キャンセル待ち", "空き待ち"))
    return REASSURING.sub(" ", words)


def without_wish(words: str) -> str | None:
    """What is left of plain text without all words for the wish in it; None without a wish."""
    if words.strip(MARKS) in _HERE:
        return ""
    return next((each.sub("", words) for _, each in _PATTERNS if each.search(words)), None)


def _wish(words: str) -> Wish | None:
    if words.strip(MARKS) in _HERE:
        return Wish.HERE
    return next((wish for wish, pattern in _PATTERNS if pattern.search(words)), None)
