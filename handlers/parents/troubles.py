"""What typed words say of a consultation: what keeps somebody from coming, and whether they say
anything beside a command."""

import re
from datetime import date

from handlers.parents.courtesy import MARKS, YES, is_courtesy, told
from models.choice import Choice
from models.rules.typed_dates import plain
from models.store.chat_codes import code_in
from models.understanding.frame import CLEAR, Intent
from models.understanding.language import is_known
from models.understanding.reading import read
from models.understanding.troubles import denies, is_only_kind, trouble_in


class Trouble(Choice):
    """What keeps somebody from coming, as a person would hear it."""

    BETTER = "better"
    ENTRY = "entry"
    ILL = "ill"
    NURSERY = "nursery"
    LATE = "late"
    CANNOT = "cannot"
    UNSURE = "unsure"


def _pattern(japanese: str, english: str) -> re.Pattern[str]:
    """Compile words: a Japanese one anywhere, an English one ("/" between them) as a whole."""
    whole = "|".join(re.escape(each) for each in english.split("/"))
    return re.compile("|".join([*japanese.split(), rf"(?<![a-z])(?:{whole})(?![a-z])"]))


_CANNOT_COME = _pattern(
    "(?:行|い)け(?:な|ませ|ん|へん|れん|そうに|そうも) (?:行|い)か(?:な|ん|へん|れ) (?:行|い)きませ"
    " 来(?:ら)?れ?(?:な|ませ|ん|そうに|そうも) こ(?:ら)?れ(?:な|ませ|ん) 出(?:ら)?れ(?:な|ませ|ん)"
    " (?:出席|参加)(?:でき|出来|しませ|しな) 不参加 欠席 受けら?れ(?:な|ませ) ドタキャン",
    "can't/cannot/can not/cant/couldn't/could not/won't/wont/will not/unable/not able/not coming"
    "/not come/not going/not gonna/ain't/not attend/not attending/miss/absent/don't think i can"
    "/probably not",
)
_MAY_NOT = _pattern("無理 むり ムリ かも 休み", "skip/came up/maybe/might")
# Words that say, or may say, that somebody cannot come, will be late or is not sure. Which word it
# is decides only how it is answered: each of them holds the booking. The first row that fits
# decides.
_TROUBLES: tuple[tuple[Trouble, re.Pattern[str]], ...] = (
    (
        Trouble.BETTER,
        _pattern(
            "熱(?:は|も|が)?(?:下|さ)が 治り 治っ よくなり 良くなり 元気になり 大丈夫そう 落ち着き",
            "fever is gone/better now/feeling better/feels better/recovered/no fever",
        ),
    ),
    (
        Trouble.ENTRY,
        _pattern(
            "入れませ 入れな 入れん 開かな 開きませ 繋が(?:ら|り) つなが(?:ら|り) 真っ白 映らな"
            " 音が(?:出|聞) 聞こえな エラー 押しても 接続でき",
            "get in/connect/could not join/cannot join/can't join/blank/error/no sound"
            "/doesn't work/does not work/not working/doesn't open/does not open",
        ),
    ),
    (
        Trouble.ILL,
        _pattern(
            "熱[をがでっ出は] 発熱 高熱 微熱 お熱 子供熱 子ども熱"
            " 3[6-9](?:[.点]\\d)?度 4[0-2]度 度あ ℃"
            " インフル コロナ 風邪 かぜ 病気 病院 入院 受診 救急 体調 具合 けが ケガ 怪我 骨折 手術"
            " 嘔吐 吐[いきく] もどし 下痢 痛 咳 せきが ノロ 溶連菌"
            " 手足口 水ぼうそう みずぼうそう 水痘"
            " 感染 陽性 寝込 倒れ しんど たいぎ えらい 調子が?悪 つわり 陣痛 破水",
            "sick/ill/fever/flu/influenza/covid/hospital/doctor/unwell/cold/vomiting/vomited"
            "/injured/hurt/not feeling well/pain/threw up/throwing up/temperature/surgery",
        ),
    ),
    (
        Trouble.NURSERY,
        _pattern(
            "保育園 幼稚園 保育所 こども園 学校から 学童 お迎え 迎えに"
            " 呼び出 呼出 休園 休校 学級閉鎖"
            " 預け先 預けられ 見てくれる人",
            "nursery/kindergarten/daycare/school called/childcare/pick up my/babysitter",
        ),
    ),
    (
        Trouble.LATE,
        _pattern(
            "遅れ 遅く おくれ 遅刻 ちこく 間に合 まにあ 渋滞 延着 遅延 遅な おそく 寝坊 ぎりぎり"
            " ギリギリ 待って 止まって",
            "late/delayed/delay/behind/traffic/overslept/stuck/in time",
        ),
    ),
    (Trouble.CANNOT, _CANNOT_COME),
    (
        Trouble.CANNOT,
        _pattern(
            "できませ 出来ませ できん できなくな できんく 無理 むり ムリ"
            " (?:だめ|ダメ|駄目) パス 見送"
            " 延期 やめ(?:て|と|たい|ます) 止めます 取りやめ とりやめ"
            " 遠慮 なかったこと 必要な(?:く|い)"
            " いらな いりませ もういい もう大丈夫 結構です 取り下げ (?:無し|なし)(?:で|に) また今度"
            " またの機会 休(?:み(?:ます|たい|で)|む|ませ) お休みし"
            " お休みさ 辞退 キャンセル きゃんせる"
            " 取り消 取消 とりけし 予約(?:を|は)?(?:け|消) 中止 都合"
            " 用事 急用 別の予定 予定が 仕事です"
            " 仕事(?:が入|にな|が決ま)"
            " (?:就職|内定|採用|ほか|他)(?:先)?(?:が|で|に)?(?:決ま|もら|出)"
            " シフトが バイトが 面接が入 葬 通夜 亡くな 訃報 不幸が"
            " 忌引 事故 電車が 停電 壊れ ネットが",
            "cancel/cancellation/emergency/something came up/not available/unavailable/drop out"
            "/skip/no longer need/funeral/impossible/another day/no internet/died/passed away"
            "/have to work/call it off/delete my booking/remove my booking/drop my booking"
            "/no booking/no good/got a job/found a job/changed my mind/accident",
        ),
    ),
    (
        Trouble.UNSURE,
        _pattern(
            "かも わからな 分からな わかりませ 分かりませ わからん 未定 微妙 びみょう 迷って 自信が"
            " むずかし 難し 厳し きびしい どうしよう どうなる もしかし"
            " 心配 不安 様子を見 たぶん 多分"
            " (?:行|い)けたら きつい",
            "not sure/unsure/maybe/might/don't"
            " know/perhaps/possibly/difficult/hard to make/i doubt",
        ),
    ),
)
_ASKS_TO_CANCEL = _pattern(
    "キャンセル(?!する?か) きゃんせる 取り消 取消 とりけし やめたい",
    "cancel/cancelation/cancellation",
)
_ABOUT_WORK = _pattern(
    "仕事 求人 応募 募集 会社 職場 働 転職 資格 紹介 受付の",
    "job/jobs/work/hiring/vacancy/position",
)
# A question about how one cancels, and no wish to do it.
_RULES = _pattern(
    "いつまで 何日前 何時間前 キャンセル料 手数料 お金 料金 ペナルティ どうなり どうなる",
    "how late/until when/by when/deadline/fee/charge/penalty/how many days/what happens",
)
# What says that a question or a denial is not all.
_WISHES = _pattern(
    "たい けど ですが のに でも やっぱり やはり お願い 想要 但 可是",
    "want/need/would like/please/but/however/now/quero/mas/muốn/nhưng/gusto/pero",
)
_QUESTION = re.compile(r"(?:\?|か|かな|かね|でしょう)[\s。!、]*$|探し|(?:求人|仕事)を")
# What words of a language say that we do not speak, nobody here can tell.
_FOREIGN = re.compile(r"[\u00c0-\u024f\u0400-\u1cff\u1e00-\u1eff\uac00-\ud7af]")

_MAY_NOT_COME = (Intent.CANCEL, Intent.MOVE, Intent.LATE)
# What may be said without saying anything of whether one comes.
_PLAIN = (
    *(Intent.BOOK, Intent.HERE, Intent.LIST, Intent.HELP, Intent.OFFICE, Intent.LANGUAGE),
    *(Intent.QUESTION, Intent.UNDO, Intent.TERMS, Intent.DETAILS, Intent.COMPANY),
    *(Intent.MY_DATA, Intent.NEXT, Intent.MENU, Intent.START),
)
# Whether something is wished does not hang on the day.
_ANY_DAY = date(2026, 1, 1)
_LONGEST_COMMAND, _LONGEST_IN_LATIN = 12, 25

_ONE_HOUR = re.compile(r"(?<!\d)1\s*時間|一時間|(?<!half )an hour|(?<!\d)1 hour")


def trouble(text: str) -> Trouble | None:
    """Return what may keep somebody from coming who typed this, or None."""
    if is_courtesy(text):
        return None
    words = told(text)
    frame = read(text, _ANY_DAY)
    is_of_rules = frame.intent is Intent.ASK and _RULES.search(words) is not None
    is_denied = frame.intent is Intent.NONE and frame.is_denied
    if (is_of_rules or is_denied) and not _WISHES.search(words):
        words = _RULES.sub(" ", _ASKS_TO_CANCEL.sub(" ", words))  # spoken of, and not asked for
    is_of_work = _ABOUT_WORK.search(words) is not None and is_question(text)
    if is_of_work and not (_CANNOT_COME.search(words) or _MAY_NOT.search(words)):
        return None
    found = next((found for found, pattern in _TROUBLES if pattern.search(words)), None)
    if found is None and (name := trouble_in(words)):
        return Trouble(name)
    return found


def is_question(text: str) -> bool:
    """Return whether a text asks or looks for something."""
    return _QUESTION.search(plain(text)) is not None


def may_not_come(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text may mean that somebody does not come as booked."""
    if is_courtesy(text):
        return False
    if trouble(text) is not None or read(text, today, language).intent in _MAY_NOT_COME:
        return True
    is_unknown = _FOREIGN.search(text) is not None and not is_known(plain(text))
    return is_unknown and not is_understood(text, today, language)


def has_answer_of_its_own(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text that speaks of trouble also asks for what we can do about it."""
    frame = read(text, today, language)
    intent = frame.intent if frame.confidence >= CLEAR else None
    if intent is Intent.LATE:
        return not is_question(text)
    if intent is Intent.CANCEL:
        return _ASKS_TO_CANCEL.search(told(text)) is not None
    return intent in (Intent.MOVE, Intent.UNDO)


def is_understood(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text is a command, a "yes" or a courtesy, and nothing else. A day alone
    may be when somebody would rather come."""
    if is_courtesy(text) or plain(text).strip(MARKS) in YES or code_in(text) is not None:
        return True
    if is_only_kind(text):
        return True
    frame = read(text, today, language)
    names_a_time = frame.days or frame.times or frame.about or frame.without
    is_plain = frame.intent in _PLAIN and not denies(text)
    return is_command(text, today, language) and is_plain and not names_a_time


def is_command(text: str, today: date, language: str | None = None) -> bool:
    """Return whether a text is short, and nothing but what we can do something about."""
    words = plain(text).strip(MARKS)
    longest = _LONGEST_IN_LATIN if words.isascii() else _LONGEST_COMMAND
    if len(words) > longest:
        return False
    frame = read(text, today, language)
    return frame.confidence >= CLEAR and frame.intent not in (Intent.NONE, Intent.ASK)


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
