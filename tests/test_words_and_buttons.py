"""Phrases in every language, and the forms of buttons ever shipped."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

import locales
from bot.sandbox.line_limits import units
from handlers import commands, router
from handlers.buttons import argument_kinds
from handlers.staff.urgency import URGENT
from locales.__main__ import template
from models.chat import MAX_DATA_BYTES, NotAButton, button, unpack
from models.rules.eligibility import ITEMS, Card
from models.tables import AlertKind

ROOT = Path(__file__).parent.parent
CATALOGS = {
    domain: {
        language: polib.pofile(str(ROOT / "locales" / language / "LC_MESSAGES" / f"{domain}.po"))
        for language in found
    }
    for domain, found in (
        (locales.DOMAIN, locales.languages()),
        (locales.DESK, locales.desk_languages()),
    )
}
PHRASES = [entry for catalogs in CATALOGS.values() for entry in catalogs["ja"]]
BUTTONS = (ROOT / "tests" / "buttons.txt").read_text(encoding="utf-8").splitlines()

# Words of the law and of the office's papers, which people meet in Japanese elsewhere too.
LEGAL = ("マイページ", "求職登録", "求職番号", "職業相談", "職業紹介", "管理選考", "ハローワーク")

# Keys that are put together from parts.
PATTERNS = {
    r"device\.(camera|microphone|speaker|connection)(_help)?": None,
    r"service\.\w+": {"consultation", "placement", "interview", "selection"},
    r"companion\.(alone|companion|interpreter|our_interpreter)": None,
    r"state\.(our_)?interpreter": None,
    r"company\.\w+": None,
    r"mine\.\w+": None,
    r"over\.\w+": None,
    r"terms\.summary\.\w+": None,
    r"faq\.\w+": None,
    r"fallback\.(sticker|photo|voice|location|other)": None,
    r"(eligibility|environment)\.\w+(\.\w+)?": None,
    r"form\.\w+": None,
    r"join\.\w+_title": None,
    r"(alert|command|affected|role|status|standing|reminder_state|reason|report)\.\w+": None,
    r"(export|terms_change|terms_desk|stats)\.\w+": None,
    r"parents_command\.\w+": None,
    r"picture\.\w+": None,
    r"told\.\w+_(title|text)": None,
    r"audit\.(did|about|value)\.\w+": None,
    r"my_data\.page\.\w+": None,
    r"note\.\w+": None,
    r"doubt\.(better|entry|ill|nursery|late|cannot|unsure)": None,
    r"way\.\w+": None,
    r"reasons\.(refuse|stop|withdraw)": None,
    r"url\.(no_room|host_link|not_allowed)": None,
}


@pytest.mark.parametrize("domain", CATALOGS)
def test_every_language_has_every_phrase(domain: str) -> None:
    catalogs = CATALOGS[domain]
    keys = {language: [entry.msgid for entry in po] for language, po in catalogs.items()}
    for language, found in keys.items():
        assert found == keys["ja"], language
        assert len(found) == len(set(found))
        for entry in catalogs[language]:
            forms = [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values()
            assert all(forms), (language, entry.msgid)


@pytest.mark.parametrize("domain", CATALOGS)
def test_placeholders_are_the_same_in_every_language(domain: str) -> None:
    for entries in zip(*CATALOGS[domain].values(), strict=True):
        assert len({frozenset(_placeholders(entry)) for entry in entries}) == 1, entries[0].msgid


def test_legal_words_keep_the_japanese_beside_them() -> None:
    catalogs = CATALOGS[locales.DOMAIN]
    for language in (each for each in catalogs if locales.of_speech(each) != "ja"):
        for own, japanese in zip(catalogs[language], catalogs["ja"], strict=True):
            for word in (each for each in LEGAL if each in japanese.msgstr):
                assert word in own.msgstr, (language, own.msgid)
            if own.msgid in ("terms.title", "terms_page.title"):
                assert "利用規約" in own.msgstr, language


def test_every_phrase_is_used_and_every_used_phrase_is_there() -> None:
    used = _keys_in_code()
    there = {entry.msgid for entry in PHRASES}
    assert used <= there, used - there
    put_together = {key for key in there for pattern in PATTERNS if re.fullmatch(pattern, key)}
    assert there <= used | put_together, there - used - put_together


def test_every_condition_has_its_phrases() -> None:
    there = {entry.msgid for entry in PHRASES}
    for card, name in ((Card.ELIGIBILITY, "eligibility"), (Card.ENVIRONMENT, "environment")):
        for item in ITEMS[card]:
            assert {f"{name}.{item}.{form}" for form in ("card", "ask", "way_out")} <= there


def test_every_alert_has_its_words() -> None:
    """Each kind is told by some step, and explained to staff."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("bot", "handlers", "models/store")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "urgency.py"
    )
    there = {entry.msgid for entry in PHRASES}
    assert {f"alert.{kind}" for kind in URGENT} == {
        key for key in there if key.startswith("alert.")
    }
    assert set(URGENT) == set(AlertKind)
    for kind in AlertKind:
        assert f"AlertKind.{kind.name}" in code, kind


def test_everything_in_the_audit_has_its_words() -> None:
    """What is noted is written in the code as a plain string, or is one of these."""
    noted = {
        "disclose",
        "present",
        "completed",
        "absent",
        "undo",
        "stop",
        "withdraw",
        "verify",
        "unverify",
        "join chat",
        *(f"{page} page" for page in ("form", "join", "desk", "mydata", "picture", "calendar")),
    }
    for folder in ("bot", "handlers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in ("note", "_note"):
                    plain = [each.value for each in node.args if isinstance(each, ast.Constant)]
                    noted.update(each for each in plain[:1] if isinstance(each, str) and each)
    assert len(noted) > 30
    there = {entry.msgid for entry in PHRASES if entry.msgid.startswith("audit.did.")}
    assert {f"audit.did.{what.replace(' ', '_')}" for what in noted} == there


@pytest.mark.parametrize("shipped", BUTTONS)
def test_every_button_ever_shipped_still_decodes(shipped: str) -> None:
    verb = shipped.split(":")[0]
    step = router.VERBS[verb] if verb in router.VERBS else commands.BUTTONS[verb].step
    unpack(shipped, argument_kinds(step))


def test_the_file_of_buttons_names_every_verb() -> None:
    assert {line.split(":")[0] for line in BUTTONS} == {*router.VERBS, *commands.BUTTONS}
    assert not set(router.VERBS) & set(commands.BUTTONS)


def test_every_command_has_its_words() -> None:
    there = {entry.msgid for entry in PHRASES}
    assert {f"command.{name}" for name in commands.COMMANDS} == {
        key for key in there if key.startswith("command.")
    }


@given(
    st.lists(
        st.integers(0, 2**53 - 1)
        | st.dates(date(2000, 1, 1), date(2200, 1, 1))
        | st.datetimes(
            datetime(2000, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
            datetime(2200, 1, 1),  # noqa: DTZ001
            timezones=st.just(UTC),
        ).map(lambda at: at.replace(second=0, microsecond=0))
        | st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True),
        max_size=4,
    )
)
def test_what_a_button_carries_comes_back(arguments: list[int | date | datetime | str]) -> None:
    try:
        made = button("label", "verb/1", *arguments)
    except ValueError:
        packed = sum(len(str(each)) + 1 for each in arguments)
        assert packed + len("verb/1") > MAX_DATA_BYTES - 20
        return
    assert len(made.data.encode()) <= MAX_DATA_BYTES
    assert unpack(made.data, [type(each) for each in arguments]) == tuple(arguments)


@given(st.text(max_size=64), st.lists(st.sampled_from([str, int, date, datetime]), max_size=4))
def test_forged_data_is_refused_or_read_in_one_spelling(data: str, kinds: list[type]) -> None:
    try:
        read = unpack(data, kinds)
    except NotAButton:
        return
    assert data.split(":")[1:] == button("x", "v", *read).data.split(":")[1:]


def test_plain_words_only() -> None:
    with pytest.raises(ValueError, match="plain words"):
        button("label", "verb/1", "a:b")


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _placeholders(entry: polib.POEntry) -> set[str]:
    texts = [entry.msgstr, *entry.msgstr_plural.values()]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def _keys_in_code() -> set[str]:
    """Every literal that looks like a key, in code and templates."""
    prefixes = {entry.msgid.split(".")[0] for entry in PHRASES}
    pattern = re.compile(rf"({'|'.join(prefixes)})\.[a-z_.]+")
    found = {
        "format.day",
        "format.day_short",
        "format.date",
        "format.time",
    }  # locales/__init__.py's own
    for pattern_of_files in ("bot/*.py", "bot/pages/*.py", "handlers/**/*.py", "models/rules/*.py"):
        for path in ROOT.glob(pattern_of_files):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                value = getattr(node, "value", None)
                if isinstance(value, str) and pattern.fullmatch(value):
                    found.add(value)
    for path in (ROOT / "bot" / "pages" / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {match[1] for match in re.finditer(r'\(+"([a-z_]+\.[a-z_.]+)"', text)}
    return {key for key in found if not key.endswith((".", ".html"))}


# LINE's longest labels: of a card's button, and of a button below the last message.
CARD_LABEL, SHORTCUT_LABEL = 40, 20


def test_every_label_fits_its_button() -> None:
    """What is longer would be cut off."""
    labels = {key for key in _labels_in_code() if not key.startswith("desk")}
    shortcuts = {"menu.book", "menu.mine", "menu.help"}
    assert shortcuts < labels
    for language, po in CATALOGS[locales.DOMAIN].items():
        for entry in po:
            longest = SHORTCUT_LABEL if entry.msgid in shortcuts else CARD_LABEL
            if entry.msgid in labels:
                assert units(entry.msgstr) <= longest, (language, entry.msgid, entry.msgstr)


def _labels_in_code() -> set[str]:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "handlers").rglob("*.py"))
    return set(re.findall(r'button\(\s*turn\.say\(\s*"([a-z_.]+)"', code))


@pytest.mark.parametrize("domain", CATALOGS)
def test_translators_find_a_template_and_comments(domain: str) -> None:
    """`python -m locales` writes the templates anew."""
    written = (ROOT / "locales" / f"{domain}.pot").read_bytes()
    assert written == template(domain)
    for language, po in CATALOGS[domain].items():
        for entry in po:
            assert entry.comment, (language, entry.msgid)
