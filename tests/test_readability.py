"""How easy our Japanese is to read, by a stated rule: sentences are short, and in plain Japanese
(`ja@easy`) every kanji that is not taught in the first two school grades has its reading."""

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent
# The kanji of the first (80) and second (160) grade, by the ministry's table of 2017.
FIRST_GRADES = set(
    "一右雨円王音下火花貝学気九休玉金空月犬見五口校左三山子四糸字耳七車手十出女小上森人水正生青夕石赤千川先"
    "早草足村大男竹中虫町天田土二日入年白八百文木本名目立力林六"
    "引羽雲園遠何科夏家歌画回会海絵外角楽活間丸岩顔汽記帰弓牛魚京強教近兄形計元言原戸古午後語工公広交光考"
    "行高黄合谷国黒今才細作算止市矢姉思紙寺自時室社弱首秋週春書少場色食心新親図数西声星晴切雪船線前組走多"
    "太体台地池知茶昼長鳥朝直通弟店点電刀冬当東答頭同道読内南肉馬売買麦半番父風分聞米歩母方北毎妹万明鳴毛"
    "門夜野友用曜来里理話"
)
_READING = r"[（(][ぁ-んァ-ヶー・ ]+[）)]"
_WORD = re.compile(rf"([一-鿿々]+)([ぁ-ん]{{0,3}}」?{_READING})?")
# Signs of a sentence, without readings, blanks and what is filled in: on average, and 19 of 20.
LONGEST = {"ja": (16, 36), "ja@easy": (15, 30)}


@pytest.mark.parametrize("language", LONGEST)
def test_sentences_are_short(language: str) -> None:
    lengths = sorted(
        len(sentence)
        for phrase in _phrases(language)
        for part in re.split(r"[。！？!?\n]", re.sub(_READING, "", phrase))
        if (sentence := re.sub(r"\s|\{[a-z_]+\}", "", part))
    )
    average, most = LONGEST[language]
    assert sum(lengths) / len(lengths) <= average
    assert lengths[len(lengths) * 19 // 20] <= most


def test_plain_japanese_has_readings() -> None:
    assert len(FIRST_GRADES) == 240
    without = [
        (word, phrase) for phrase in _phrases("ja@easy") for word in _without_reading(phrase)
    ]
    assert without == []


def _without_reading(phrase: str) -> Iterator[str]:
    """Words with a hard kanji that has no reading where it first stands."""
    read: set[str] = set()
    for word, reading in _WORD.findall(phrase):
        if reading:
            read |= set(word)
        elif any("一" <= sign <= "鿿" and sign not in FIRST_GRADES | read for sign in word):
            yield word


def _phrases(language: str) -> Iterator[str]:
    path = ROOT / "locales" / language / "LC_MESSAGES" / "madoguchi.po"
    for entry in polib.pofile(str(path)):
        if not entry.msgid.startswith("format."):
            yield from filter(None, [entry.msgstr, *entry.msgstr_plural.values()])


def test_japanese_has_japanese_punctuation() -> None:
    """Brackets, colons and question marks are as wide as the letters beside them; only dates and
    times are narrow, since they stand on buttons."""
    narrow = re.compile(r"[ぁ-んァ-ヶー一-龠々」）}][:?!(]|[)?!][ぁ-んァ-ヶー一-龠々。、]")
    found = [
        (entry.msgid, words)
        for path in (ROOT / "locales").glob("ja*/LC_MESSAGES/*.po")
        for entry in polib.pofile(str(path))
        for words in (entry.msgstr, *entry.msgstr_plural.values())
        if not entry.msgid.startswith("format.") and narrow.search(words)
    ]
    assert found == []


def test_phrases_keep_to_the_voice() -> None:
    """One question at a time, and none of the words that docs/voice.ja.md leaves out."""
    table = (ROOT / "docs" / "voice.ja.md").read_text(encoding="utf-8")
    left_out = re.findall(r"^\| ([^| ]+) \|", table, re.M)[1:]
    assert len(left_out) > 5
    for language in ("ja", "ja@easy"):
        path = ROOT / "locales" / language / "LC_MESSAGES" / "madoguchi.po"
        for entry in polib.pofile(str(path)):
            words = entry.msgstr or "".join(entry.msgstr_plural.values())
            assert words.count("？") <= 1, entry.msgid
            if entry.msgid != "page.error":
                assert not [each for each in left_out if each in words], entry.msgid
