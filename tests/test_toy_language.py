"""A language is a folder: in a copy of the program a toy language is added, and a parent's whole
way is played in it, without a line of code."""

import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
TOY = "eo"  # Esperanto
WORDS = r"""
names = 'esperanto'
known = ['mi', 'volas', 'rezervi', 'sekvan', 'merkredon']
intents = [['book', 'rezervi|mi volas'], ['move', 'ŝovi'], ['book', '{X}']]
dates = ['{week} {weekday}']
times = ['{part_of_day}']

[values.week]
'sekvan' = 1

[values.weekday]
'merkredon' = 2
'ĵaŭdon' = 3

[values.part_of_day]
'posttagmeze' = [1200, 2359]
"""
TYPED = '    "eo": ("mi volas sekvan merkredon posttagmeze", "ŝovi: sekvan ĵaŭdon"),\n'


def test_a_new_language_takes_a_folder(tmp_path: Path) -> None:
    for folder in ("bot", "handlers", "models", "locales", "offices", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    _add_language(tmp_path / "locales" / TOY)
    played = tmp_path / "tests" / "test_languages.py"
    text = played.read_text(encoding="utf-8")
    played.write_text(text.replace("TYPED = {\n", f"TYPED = {{\n{TYPED}"), encoding="utf-8")
    wanted = f"a_first_booking and line and sqlite and {TOY}"
    pytest = (sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")
    run = subprocess.run(
        [*pytest, "tests/test_languages.py", "-k", wanted],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout  # 5 would be: no such test


def _add_language(folder: Path) -> None:
    """English with hats on, so that every phrase is its own."""
    phrases = polib.pofile(str(ROOT / "locales" / "en" / "LC_MESSAGES" / "madoguchi.po"))
    for phrase in phrases:
        if not phrase.msgid.startswith("format."):
            phrase.msgstr = phrase.msgstr and f"{phrase.msgstr}ĉ"
    phrases.metadata["Language"] = TOY
    (folder / "LC_MESSAGES").mkdir(parents=True)
    phrases.save(str(folder / "LC_MESSAGES" / "madoguchi.po"))
    (folder / "words.toml").write_text(WORDS, encoding="utf-8")
