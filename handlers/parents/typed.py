"""What typed words mean: a wish, and perhaps a day and a time (models/rules/typed_dates.py)."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple

from models.rules.typed_dates import plain, read_day, read_time
from models.store.chat_codes import code_in


class Wish(StrEnum):
    """What a parent can ask for in words."""

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

# Courtesies that say nothing else: "thank you" after a reminder is no sign of trouble.
_COURTESY = re.compile(
    r"(?:(?:どうも|本当に|ほんとうに|ご連絡|お知らせ|いつも|大変|いろいろ|今後とも|では|それでは|明日は?)?"
    r"(?:ありがとう(?:ございま(?:す|した))?|有難うございま(?:す|した)|了解(?:です|しました|いたしました)?"
    r"|りょうかい(?:です)?|承知(?:しました|いたしました)|わかりました|分かりました|かしこまりました"
    r"|よろしく(?:お願い(?:します|いたします|致します))?|宜しくお願い(?:します|いたします|致します)"
    r"|お世話になります|お疲れ様です|すみません|おはようございます|こんばんは)"
    r"|(?:明日|あした|今日|本日|予定どおり|予定通り|必ず|は|に)*"
    r"(?:行き|いき|行け|いけ|伺い|うかがい|参加し|参加でき|出られ|来られ)ます|大丈夫です"
    r"|はい|うん|ね|please|ok|okay|yes|i"
    r"|i'?(?:ll| will| am|m) (?:be there|come|coming)(?: tomorrow| today)?"
    r"|thanks?(?: you)?(?: (?:so|very) much)?(?: a lot)?|got it|noted|all right|alright"
    r"|good (?:morning|evening)|see you(?: (?:tomorrow|then|soon))?|sure)"
)

# Words that answer a question, which only its buttons can do.
_YES = ("はい", "うん", "ok", "okay", "オッケー", "yes", "お願いします", "それで")
_NO = ("いいえ", "いや", "だめ", "no", "nope")

_LONGEST_WORD = 10
# A wish that is longer than this may say something else beside it.
_LONGEST_WISH, _LONGEST_ENGLISH_WISH = 12, 25

# What says that all is well, though the words in it would say the contrary.
_REASSURING = re.compile(
    r"間に合(?:い(?:ます|そうです|ました)|う(?:と思い?ます)?|った)(?!か|かな|かどう|か?\?)"
    r"|(?:遅れ|遅刻し|遅刻せ)(?:ず|ないよう|ません(?!か)|ないです(?!か))(?:に)?(?:します)?"
    r"|(?:キャンセル|変更|取り消し|取消)(?:は|を)?(?:しません|しないで(?!す)(?:ください|下さい|ね)?|せず|ではな|じゃな|不要)"
    r"|心配(?:いり|あり|なさら|しない)\w*"
    r"|(?:don'?t|do not|not|won'?t|never|no need to)(?: want to| going to| gonna| wish to)?"
    r" (?:be late|cancel\w*|late|delayed|reschedule|move)\b"
)
_ONE_HOUR = re.compile(r"(?<!\d)1\s*時間|一時間|(?<!half )an hour|(?<!\d)1 hour")
_MARKS = "。.!?、, "

# As many digits as a phone or a registration number has, and no date.
_LEAST_DIGITS = 9
_MOST_GROUPS = 13  # each digit may stand alone
_KANJI_DIGITS = "〇一二三四五六七八九"
_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d(?:[ .()\u2010-\u2015\u2212-]{0,2}\d){8,}(?!\d)")


class Trouble(StrEnum):
    """What keeps somebody from coming, as a person would hear it."""

    ILL = "ill"
    NURSERY = "nursery"
    LATE = "late"
    CANNOT = "cannot"
    UNSURE = "unsure"


# Words that say, or may say, that somebody cannot come, will be late or is not sure. Which word it
# is decides only how it is answered: each of them holds the booking.
_TROUBLES: tuple[tuple[Trouble, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        Trouble.ILL,
        (
            *("熱を", "熱が", "発熱", "高熱", "微熱", "お熱", "インフル", "コロナ", "風邪", "かぜ"),
            *("病気", "病院", "入院", "受診", "救急", "体調", "具合", "けが", "怪我", "骨折"),
            *("嘔吐", "吐い", "吐き", "下痢", "腹痛", "頭痛", "ノロ", "水ぼうそう", "水痘", "感染"),
            *("寝込", "しんど", "たいぎ", "調子が悪", "調子悪", "つわり", "陣痛", "破水", "えらい"),
            *("熱で", "熱っ", "熱出", "子供熱", "子ども熱", "度あ", "℃", "痛", "咳", "せきが"),
            *("溶連菌", "手足口", "みずぼうそう", "陽性", "ケガ", "もどした", "もどして"),
        ),
        (
            *("sick", "ill", "fever", "flu", "influenza", "covid", "hospital", "doctor", "unwell"),
            *("cold", "vomiting", "injured", "not feeling well", "pain", "threw up", "temperature"),
        ),
    ),
    (
        Trouble.NURSERY,
        (
            *("保育園", "幼稚園", "保育所", "こども園", "学校から", "学童", "お迎え", "迎えに"),
            *("呼び出", "呼出", "休園", "休校", "学級閉鎖", "預け先", "預けられ", "見てくれる人"),
        ),
        ("nursery", "kindergarten", "daycare", "school called", "childcare", "pick up my"),
    ),
    (
        Trouble.LATE,
        (
            *("遅れ", "遅く", "おくれ", "遅刻", "ちこく", "間に合", "まにあ", "渋滞", "延着"),
            *("遅延", "遅な", "おそく", "寝坊", "ぎりぎり", "ギリギリ", "待って", "止まって"),
        ),
        ("late", "delayed", "delay", "behind", "traffic", "overslept", "stuck"),
    ),
    (
        Trouble.CANNOT,
        (
            *("行けな", "行けませ", "行けん", "行かれ", "いけな", "いけませ", "いけん", "いかれ"),
            *("行きませ", "いきませ", "行かな", "行かん", "いかん", "行けれん", "いけれん"),
            *("行けそうに", "いけそうに", "行けそうも", "いけそうも", "来れそうに", "来られそうに"),
            *("来られな", "来られませ", "来れな", "来れませ", "これなく", "こられな", "来れん"),
            *("来ませ", "これませ", "こられませ", "来られん"),
            *("出られな", "出られませ", "出れな", "出れませ", "出られん", "出れん"),
            *("出席でき", "参加でき", "受けられな", "受けられませ", "参加出来", "出席出来"),
            *("参加しませ", "参加しな", "出席しませ", "不参加", "できませ", "出来ませ", "できん"),
            *("入れませ", "入れな", "開かな", "開きませ", "繋がらな", "つながりませ", "ムリ"),
            *("だめです", "ダメです", "駄目", "パスし", "見送", "延期", "やめてお", "やめとき"),
            *(
                "止めます",
                "ドタキャン",
                "遠慮",
                "なかったこと",
                "必要なくな",
                "仕事が決ま",
                "無しで",
            ),
            *("なしにし", "無しに", "取り下げ", "結構です", "また今度", "またの機会", "仕事です"),
            *("仕事にな", "シフトが", "バイトが", "面接が入", "通夜", "亡くな", "訃報"),
            *("できなくな", "できんく", "つながらない", "無理", "むり", "だめにな", "ダメにな"),
            *(
                "休みます",
                "休ませ",
                "休みたい",
                "お休み",
                "欠席",
                "辞退",
                "キャンセル",
                "きゃんせる",
            ),
            *(
                "取り消",
                "取消",
                "とりけし",
                "取りやめ",
                "とりやめ",
                "やめたい",
                "やめます",
                "やめとく",
            ),
            *("予約を消", "中止", "都合が", "都合悪", "都合つ", "用事が", "急用", "仕事が入", "葬"),
            *("不幸が", "忌引", "事故", "電車が", "停電", "スマホが壊", "携帯が壊", "ネットが"),
        ),
        (
            *("can't", "cannot", "can not", "cant", "won't", "wont", "unable", "not able"),
            *("not coming", "not come", "not going", "not attend", "miss", "cancel", "emergency"),
            *("something came up", "not available", "unavailable", "cancellation", "drop out"),
            *("not gonna", "ain't", "skip", "no longer need", "funeral", "impossible", "absent"),
            *("probably not", "another day", "babysitter", "not attending", "no internet"),
            *("doesn't work", "does not work", "not working", "don't think i can", "died"),
            *("passed away", "have to work", "call it off", "delete my booking"),
            *("drop my booking",),
        ),
    ),
    (
        Trouble.UNSURE,
        (
            *(
                "かもしれ",
                "かもしん",
                "かも",
                "わからな",
                "分からな",
                "わかりませ",
                "分かりませ",
                "わからん",
                "未定",
            ),
            *("微妙", "びみょう", "迷って", "自信が", "むずかし", "難し", "厳しい", "きびしい"),
            *("どうしよう", "どうなる", "もしかし", "心配", "不安", "様子を見", "たぶん", "多分"),
            *("行けたら", "いけたら", "きつい"),
        ),
        (
            *("not sure", "unsure", "maybe", "might", "don't know", "perhaps", "possibly"),
            *("difficult", "hard to make", "i doubt"),
        ),
    ),
)


class Understood(NamedTuple):
    wish: Wish | None
    day: date | None
    time: time | None


# The first row that fits decides, so the rows whose words say more come first: "cancel my
# booking" is about cancelling. Japanese words may stand anywhere, English ones as whole words.
_WORDS: tuple[tuple[Wish, tuple[str, ...], tuple[str, ...]], ...] = (
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
            "日にちを変",
            "へんこう",
            "変えたい",
            "ずらし",
            "日程を変",
            "振替",
            "振り替え",
        ),
        ("move", "reschedule", "change", "postpone"),
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


def understand(text: str, today: date) -> Understood:
    """Read what a parent typed, in either language; `today` is the office's day."""
    words = _told(text)
    return Understood(_wish(words), read_day(words, today), read_time(words))


def trouble(text: str) -> Trouble | None:
    """Return what may keep somebody from coming who typed this, or None."""
    if is_courtesy(text):
        return None
    words = _told(text)
    for found, japanese, english in _TROUBLES:
        if _has(words, japanese, english):
            return found
    return None


def may_not_come(text: str, today: date) -> bool:
    """Return whether a text may mean that somebody does not come as booked."""
    return trouble(text) is not None or understand(text, today).wish is Wish.MOVE


def has_answer_of_its_own(text: str, today: date) -> bool:
    """Return whether a text that speaks of trouble also asks for what we can do about it."""
    return understand(text, today).wish in (Wish.LATE, Wish.CANCEL, Wish.MOVE)


def is_understood(text: str, today: date) -> bool:
    """Return whether a text is a wish, a day, a "yes" or a courtesy, and nothing else."""
    words = plain(text).strip(_MARKS)
    if is_courtesy(text) or words in _YES or code_in(text) is not None:
        return True
    longest = _LONGEST_ENGLISH_WISH if words.isascii() else _LONGEST_WISH
    found = understand(text, today)
    return len(words) <= longest and (found.wish is not None or found.day is not None)


def is_courtesy(text: str) -> bool:
    """Return whether a text is a courtesy or says that all is well, and nothing else."""
    words = "".join(sign if sign.isalnum() or sign in " '" else "、" for sign in _told(text))
    parts = [part.strip() for part in words.split("、") if part.strip()]
    reassures = _REASSURING.search(plain(text)) is not None
    return (bool(parts) or reassures) and all(_COURTESY.fullmatch(part) for part in parts)


def minutes_in(text: str) -> int | None:
    """Return the minutes that a text names ("30分くらい", "half an hour")."""
    words = plain(text)
    hours = 60 * bool(_ONE_HOUR.search(words))
    # "10時30分" is a time of day.
    if match := re.search(r"(?<![\d時:])(\d{1,3})\s*(?:分|ぷん|ふん|min)", words):
        return hours + int(match[1])
    if re.search(r"1時間半|一時間半|hour and a half", words):
        return 90
    return 30 if re.search(r"半時間|half an hour", words) else hours or None


def is_a_word(text: str) -> bool:
    """Whether a text is nothing but a wish that we know, and no sentence of its own."""
    words = plain(text).strip(_MARKS)
    return len(words) <= _LONGEST_WORD and _wish(words) is not None


def is_an_answer(text: str) -> bool:
    """Whether somebody typed "yes" or "no" where a button is needed."""
    return plain(text).strip(_MARKS) in (*_YES, *_NO)


def without_personal_numbers(text: str) -> str:
    """A text without what seems to be a phone or registration number; the very same text where
    there is none."""
    words = plain(text).replace("‐", "-")
    found = _numbers(words)
    if not found:
        return text
    edges = [0, *(edge for match in found for edge in match.span()), len(words)]
    return " ".join(words[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def numbers_in(text: str) -> set[str]:
    """Everything in a text that could be one phone or registration number, as digits: groups of
    digits that stand together, whatever signs lie between them."""
    groups = list(re.finditer(r"[0-9]+", "".join(map(_digit, plain(text)))))
    found = set()
    for first in range(len(groups)):
        digits = ""
        for at, group in enumerate(groups[first : first + _MOST_GROUPS], first):
            between = group.string[groups[at - 1].end() : group.start()] if at > first else ""
            if len(between) > 3 or any(sign.isalpha() and sign not in "ーの" for sign in between):
                break
            digits += group[0]
            if len(digits) >= _LEAST_DIGITS:
                found.add(digits)
    return found


def _told(text: str) -> str:
    """What a text says, without what reassures."""
    return _REASSURING.sub(" ", plain(text).replace("キャンセル待ち", "空き待ち"))


def _digit(sign: str) -> str:
    """Digits of every script as ours; all else as it is."""
    if sign in _KANJI_DIGITS:
        return str(_KANJI_DIGITS.index(sign))
    return str(unicodedata.decimal(sign, sign))


def _numbers(words: str) -> list[re.Match[str]]:
    return list(_PERSONAL_NUMBER.finditer(words.replace("ー", "-")))


def _wish(words: str) -> Wish | None:
    if words.strip(_MARKS) in _HERE:
        return Wish.HERE
    for wish, japanese, english in _WORDS:
        if _has(words, japanese, english):
            return wish
    return None


def _has(words: str, japanese: Sequence[str], english: Sequence[str]) -> bool:
    """Return whether a word is there: a Japanese one anywhere, an English one as a whole word."""
    return any(each in words for each in japanese) or any(
        re.search(rf"(?<![a-z]){re.escape(each)}(?![a-z])", words) for each in english
    )
