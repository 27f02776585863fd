"""What typed words say of a consultation: what keeps somebody from coming, a courtesy, or a wish
and nothing else."""

import re
from datetime import date
from enum import StrEnum

from handlers.parents.typed import MARKS, REASSURING, YES, Wish, has_word, told, understand
from models.rules.typed_dates import plain
from models.store.chat_codes import code_in

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

# A wish that is longer than this may say something else beside it.
_LONGEST_WISH, _LONGEST_ENGLISH_WISH = 12, 25

_ONE_HOUR = re.compile(r"(?<!\d)1\s*時間|一時間|(?<!half )an hour|(?<!\d)1 hour")


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


def trouble(text: str) -> Trouble | None:
    """Return what may keep somebody from coming who typed this, or None."""
    if is_courtesy(text):
        return None
    words = told(text)
    for found, japanese, english in _TROUBLES:
        if has_word(words, japanese, english):
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
    words = plain(text).strip(MARKS)
    if is_courtesy(text) or words in YES or code_in(text) is not None:
        return True
    longest = _LONGEST_ENGLISH_WISH if words.isascii() else _LONGEST_WISH
    found = understand(text, today)
    return len(words) <= longest and (found.wish is not None or found.day is not None)


def is_courtesy(text: str) -> bool:
    """Return whether a text is a courtesy or says that all is well, and nothing else."""
    words = "".join(sign if sign.isalnum() or sign in " '" else "、" for sign in told(text))
    parts = [part.strip() for part in words.split("、") if part.strip()]
    reassures = REASSURING.search(plain(text)) is not None
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
