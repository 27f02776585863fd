"""Every language from the first word to the reminder, on both channels; and which one is chosen."""

import re
from datetime import timedelta

import pytest

from locales import best_language, languages, of_speech, phrases
from models.tables import Status
from tests.talk import Parent
from tests.world import World

# Official names stand in brackets beside their translation; people's own names are theirs.
_IN_BRACKETS = re.compile(r"\([^)]*\)|（[^）]*）")
_JAPANESE = re.compile(r"[\u3041-\u309f\u30a1-\u30fa]")

TYPED = {
    "en": (
        "Wednesday of next week, afternoon please",
        "can we move it to the Thursday of next week",
    ),
    "fil": ("Miyerkules next week po, hapon", "pwede po bang ilipat sa Huwebes next week"),
    "ja": ("来週の水曜の午後がいいです", "予約を来週の木曜に変えたいです"),
    "ja@easy": ("来週の水曜の午後がいいです", "予約を来週の木曜に変えたいです"),
    "pt-BR": ("quarta da semana que vem à tarde", "quero mudar para quinta da semana que vem"),
    "vi": ("thứ tư tuần sau buổi chiều nhé", "đổi lịch sang thứ năm tuần sau giúp em"),
    "zh-Hans": ("下周三下午可以吗", "想把预约改到下周四"),
}


async def _taps(parent: Parent, verb: str) -> None:
    """Presses the first button of a kind, whatever stands on it."""
    found = [
        button.data
        for message in parent.seen
        for button in message.buttons
        if button.data and button.data.startswith(verb)
    ]
    assert found, (verb, parent.seen)
    await parent.taps_data(found[0])


def _link(parent: Parent, part: str) -> str:
    urls = [button.url for message in parent.seen for button in message.buttons if button.url]
    return next(url for url in urls if part in url)


def _sees_own_language(parent: Parent, language: str) -> None:
    if of_speech(language) == "ja":
        return
    for message in parent.seen:
        for text in (message.text, *(button.label for button in message.buttons)):
            for line in _IN_BRACKETS.sub("", text).splitlines():
                names = {phrases(each)("language.name") for each in languages()}
                if line not in names and "・" not in line:
                    assert not _JAPANESE.search(line), line


@pytest.mark.parametrize("language", languages())
async def test_a_first_booking_a_move_a_reminder_and_a_cancellation(
    world: World, language: str
) -> None:
    say = phrases(language)
    parent = world.parent(language=of_speech(language))
    await parent.follows()
    if parent.seen and language != best_language(of_speech(language)):
        await parent.taps_data(f"language/1:{language}")
        await parent.says("予約")
    for verb in ("agree/1", "all/1", "all/1"):
        _sees_own_language(parent, language)
        await _taps(parent, verb)
    page = await parent.sends_form(_link(parent, "/form"))
    assert page.status_code == 200
    assert f'lang="{of_speech(language)}"' in page.text
    await _taps(parent, "next/1")
    _sees_own_language(parent, language)
    wish, other = TYPED[language]
    await parent.says(wish)
    await _taps(parent, "wishfor/1")
    parent.sees(say("wish.text"))
    _sees_own_language(parent, language)
    await _taps(parent, "time/1")
    await _taps(parent, "confirm/1")
    parent.sees(say("booking.booked"))
    _sees_own_language(parent, language)
    booking = await world.booking()
    await parent.says(other)
    _sees_own_language(parent, language)
    await _taps(parent, "movetime/1")
    await _taps(parent, "moveyes/1")
    parent.sees(say("move.done"))
    moved = await world.booking()
    assert moved.starts_at - booking.starts_at > timedelta(hours=12)
    await world.play_to(moved.starts_at - timedelta(hours=12))
    parent.looks().sees(re.escape(say("reminder.title")))
    _sees_own_language(parent, language)
    await parent.taps_data(f"cancel/1:{moved.id}")
    _sees_own_language(parent, language)
    await _taps(parent, "cancelyes/1")
    _sees_own_language(parent, language)
    assert (await world.booking()).status == Status.CANCELLED


@pytest.mark.parametrize(
    ("tag", "ours"),
    [
        ("ja-JP", "ja"),
        ("en-GB", "en"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("zh-TW", None),
        ("zh-Hant", None),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("vi-VN", "vi"),
        ("tl", "fil"),
        ("fil-PH", "fil"),
        ("ja@easy", "ja@easy"),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_a_platforms_language_finds_ours(tag: str | None, ours: str | None) -> None:
    assert best_language(tag) == ours


async def test_every_language_leads_to_every_other(world: World) -> None:
    parent = world.parent(language="en")
    await parent.follows()
    for language in languages():
        await parent.taps_data("languages/1")
        shown = [
            each for each in languages() if re.escape(phrases(each)("language.name")) in parent
        ]
        assert len(shown) >= len(languages()) - 1
        await parent.taps_data(f"language/1:{language}")
        parent.sees(re.escape(phrases(language)("terms.title")))


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("やさしい日本語", "ja@easy"),
        ("中文", "zh-Hans"),
        ("Tiếng Việt", "vi"),
        ("português, por favor", "pt-BR"),
        ("Tagalog po", "fil"),
        ("English please", "en"),
    ],
)
@pytest.mark.parametrize("is_booked", [False, True])
async def test_a_language_is_chosen_by_its_name(
    world: World, typed: str, language: str, is_booked: bool
) -> None:
    parent = world.parent()
    await (parent.has_booked() if is_booked else parent.follows())
    await parent.says(typed)
    title = "menu.title" if is_booked else "terms.title"
    parent.sees(re.escape(phrases(language)(title)))
