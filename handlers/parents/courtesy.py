"""Courtesies and answers: what people type who wish nothing, who come, or who say yes or no."""

import re
import unicodedata

from models.rules.typed_dates import plain

# Words that answer a question, which only its buttons can do.
YES = ("はい", "うん", "ok", "okay", "オッケー", "yes", "お願いします", "それで")
_NO = ("いいえ", "いや", "だめ", "no", "nope")
MARKS = "。.!?、, "

# What says that all is well, though the words in it would say the contrary.
_REASSURING = re.compile(
    r"間に合(?:い(?:ます|そうです|ました)|う(?:と思い?ます)?|った)(?!か|かな|かどう|か?\?)"
    r"|(?:遅れ|遅刻し|遅刻せ)(?:ず|ないよう|ません(?!か)|ないです(?!か))(?:に)?(?:します)?"
    r"|(?:キャンセル|変更|取り消し|取消)(?:は|を)?(?:しません|しないで(?!す)(?:ください|下さい|ね)?|せず|ではな|じゃな|不要)"
    r"|ご?(?:連絡|返信|返事|お返事)が?(?:遅れ|遅くなり?)(?:て|まして|ました)?(?:しまい)?(?:まして|ました)?"
    r"|心配(?:いり|あり|なさら|しない)\w*"
    r"|(?:don'?t|do not|not|won'?t|never|no need to)(?: want to| going to| gonna| wish to)?"
    r" (?:be late|cancel\w*|late|delayed|reschedule|move)\b"
    r"(?: (?:my|the|this|our) (?:booking|appointment|reservation|consultation))?"
)
_HOW_TO = re.compile(
    r"(?:使い方|入り方|やり方|操作|方法|仕方|しかた|かた)(?:が|は|も)?(?:よく|いまいち)?(?:わか|分か)(?:りま|ら|ん)\w*"
    r"|(?:don'?t know|not sure) how to(?: use)?"
)

_COURTESY = (
    r"どうも|本当に|ほんとうに|ご?(?:連絡|返信|丁寧に|親切に|案内)|お知らせ|リマインド|いつも|大変|いろいろ"
    r"|今後とも|では|それでは|明日|あした|今日|本日|当日|は|も|を|の|に|ね|ので|こちらこそ|わざわざ"
    r"|(?:ありがとう|有難う)(?:ござい(?:ます|ました))?|助かります|嬉しいです|うれしいです|お礼まで"
    r"|(?:了解|りょうかい|承知|把握)(?:です|しました|いたしました|致しました)?"
    r"|(?:わ|分)かりました|かしこまりました|確認(?:しました|いたしました|済みです|できました)"
    r"|(?:よろしく|宜しく)(?:お願い(?:します|いたします|致します|申し上げます))?|お願いします"
    r"|お世話になり(?:ます|ました)|お疲れ様です|すみません(?:でした)?|おはようございます|こんにちは"
    r"|こんばんは|失礼(?:いた)?しました|お手数(?:を?おかけ(?:します|しました))?"
    r"|楽しみ(?:です|にして(?:い|お)?(?:ます|ります))|問題(?:ありません|ないです)|大丈夫です"
    r"|(?:準備|テスト)(?:は|も)?(?:できました|しました|済みです|万端です)|はい|うん|オッケー(?:です)?"
    r"|ok(?:ay|です)?|yes|please|thanks?|thank you|thx|so much|very much|a lot|i|got it|noted|great"
    r"|perfect|cool|sure|confirmed|understood|sounds good|will do|all right|alright|no problem"
    r"|good (?:morning|evening|afternoon)|see you(?: (?:tomorrow|then|soon))?|tomorrow|today"
    r"|looking forward(?: to it)?"
)
_COMING = (
    r"(?:予定どおり|予定通り|必ず)?"
    r"(?:行き|いき|行け|いけ|伺い|うかがい|参加し|参加でき|出席し|出られ|来られ)ます"
    r"|i?'?(?:ll| will| am|m) (?:be there|come|coming)(?: at \d+(?::\d+)?(?: ?[ap]m)?)?|be there"
)
_ONLY_KIND = re.compile(rf"(?:\s*(?:{_COURTESY}|{_COMING})\s*)+")
_SAYS_COMING = re.compile(rf"(?:{_COMING})")
_SMILES = set("👍🙇🙏😊😄😀🙂☺🙆👌✨💪🎉❤♡♪🏻🏼🏽♂♀\ufe0f\u200d")
_LONGEST_COURTESY = 60


def is_an_answer(text: str) -> bool:
    """Return whether somebody typed "yes" or "no" where a button is needed."""
    return plain(text).strip(MARKS) in (*YES, *_NO)


def is_courtesy(text: str) -> bool:
    """Return whether a text is a courtesy or says that all is well, and nothing else."""
    return _is_only(text, _ONLY_KIND)


def is_coming(text: str) -> bool:
    """Return whether a text says that somebody comes, and nothing else."""
    return is_courtesy(text) and _SAYS_COMING.search(plain(text)) is not None


def told(text: str) -> str:
    """Return what a text says, plain, without what reassures. Whoever does not know how to use
    something asks for help."""
    words = _HOW_TO.sub(" 使い方 ", plain(text).replace("キャンセル待ち", "空き待ち"))
    return _REASSURING.sub(" ", words)


def _is_only(text: str, pattern: re.Pattern[str]) -> bool:
    if len(text) > _LONGEST_COURTESY:
        return False
    words = plain(text)
    if words and set(words) <= _SMILES:
        return True
    kept = "".join(sign if sign.isalnum() or sign in " ':" else "、" for sign in told(text))
    if any(unicodedata.category(sign) == "So" for sign in words if sign not in _SMILES):
        return False  # a sign that may say anything
    parts = [part.strip() for part in kept.split("、") if part.strip()]
    reassures = _REASSURING.search(words) is not None
    return (bool(parts) or reassures) and all(pattern.fullmatch(part) for part in parts)
