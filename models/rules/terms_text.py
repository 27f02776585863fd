"""The text of the terms: what each line is, its articles, and what differs between two versions."""

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from models.choice import Choice

_ARTICLE = re.compile(r"第\s*[0-9０-９一二三四五六七八九十]+\s*条")
_CAPTION = re.compile(r"[（(][^）)]{1,30}[）)]")
_POINT = re.compile(r"(?:[-・]\s*)?((?:[（(][0-9０-９]+[）)]|・).*)")


_NAMED = re.compile(r"第\s*[0-9０-９一二三四五六七八九十]+\s*条|\b[Aa]rt(?:icle|\.)\s*\d+")
_KANJI = "〇一二三四五六七八九"


class Kind(Choice):
    """What a line of the text is."""

    CAPTION = "caption"
    ARTICLE = "article"
    POINT = "point"
    TEXT = "text"


class Line(NamedTuple):
    kind: Kind
    head: str
    text: str


class Article(NamedTuple):
    """An article: its head ("第6条"; "" for what stands before the first), caption and text."""

    head: str
    caption: str
    text: str


class Change(Choice):
    """What became of an article."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Difference(NamedTuple):
    """An article that is not what it was."""

    change: Change
    head: str
    caption: str
    before: str
    after: str


def contents(body: str) -> list[str]:
    """Return what a text is about, from the text itself: its articles with their captions."""
    return [f"{each.head} {each.caption}".strip() for each in articles(body) if each.head]


def unknown_articles(summary: str, body: str) -> list[str]:
    """Return the articles that a summary names and the text does not have."""
    known = {_number(each.head) for each in articles(body) if each.head}
    named = [match[0] for match in _NAMED.finditer(summary)]
    return [each for each in named if _number(each) not in known]


def lines(body: str) -> list[Line]:
    """Return the text line by line, with what each line is, so that a page can set it in type."""
    return [_line(raw.strip()) for raw in body.splitlines() if raw.strip()]


def articles(body: str) -> list[Article]:
    """Return the text article by article; a caption belongs to the article behind it."""
    found: list[Article] = []
    head, caption, next_caption, text = "", "", "", list[str]()
    for line in lines(body):
        if line.kind is Kind.CAPTION:
            next_caption = line.text
        elif line.kind is Kind.ARTICLE:
            found.append(Article(head, caption, "\n".join(text)))
            head, caption, next_caption, text = line.head, next_caption, "", [line.text]
        else:
            text.append(line.text)
    found.append(Article(head, caption, "\n".join(text)))
    return [each for each in found if each.head or each.text]


def differences(old: str, new: str) -> list[Difference]:
    """Return what changed, article by article: by its caption, and without one by its number.
    Another width, space or number alone is no change."""
    before, after = _named(old), _named(new)
    found = []
    for name, article in after.items():
        was = before.get(name)
        if was is None:
            found.append(Difference(Change.ADDED, article.head, article.caption, "", article.text))
        elif _plain(was.text) != _plain(article.text):
            found.append(
                Difference(Change.CHANGED, article.head, article.caption, was.text, article.text)
            )
    found += [
        Difference(Change.REMOVED, article.head, article.caption, article.text, "")
        for name, article in before.items()
        if name not in after
    ]
    return found


def _named(body: str) -> dict[tuple[str, int], Article]:
    """Return the articles by their captions; of several with one caption each has its number."""
    found: dict[tuple[str, int], Article] = {}
    counts: Counter[str] = Counter()
    for article in articles(body):
        name = _plain(article.caption) or _plain(article.head)
        found[name, counts[name]] = article
        counts[name] += 1
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _line(text: str) -> Line:
    if _CAPTION.fullmatch(text):
        return Line(Kind.CAPTION, "", text[1:-1])
    if match := _ARTICLE.match(text):
        return Line(Kind.ARTICLE, match[0], text[match.end() :].strip())
    if match := _POINT.fullmatch(text):
        return Line(Kind.POINT, "", match[1])
    return Line(Kind.TEXT, "", text)


def _number(head: str) -> int:
    """Return the number of an article, however it is written."""
    plain = unicodedata.normalize("NFKC", head)
    if digits := re.search(r"\d+", plain):
        return int(digits[0])
    tens, is_ten, ones = re.sub(r"[^〇一二三四五六七八九十]", "", plain).rpartition("十")
    unit = _KANJI.index(ones) if ones else 0
    return (10 * (_KANJI.index(tens) if tens else 1) if is_ten else 0) + unit
