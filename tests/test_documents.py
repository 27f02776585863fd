"""The documents say what is so."""

import re
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from bot.channels.registry import CHANNELS
from bot.cli.main import main
from bot.environment import FromEnvironment
from bot.settings import Settings
from bot.video.registry import SERVICES
from handlers.commands import COMMANDS
from models.office import Office, Video
from tests.faults.without import GUARDS, Guard

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
RELIABILITY = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()


SETTINGS_OF: tuple[type[FromEnvironment], ...] = (Settings, *CHANNELS, *SERVICES)
VARIABLES = {name: field for each in SETTINGS_OF for name, field in each.model_fields.items()}


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_every_environment_variable_is_documented(name: str) -> None:
    assert f"`{name.upper()}`" in SETTINGS
    assert VARIABLES[name].description


@pytest.mark.parametrize(
    "name",
    [
        *(field for field in Office.model_fields if field != "video"),
        *(f"video.{field}" for field in Video.model_fields),
    ],
)
def test_every_setting_of_an_office_is_documented(name: str) -> None:
    assert f"`{name}`" in SETTINGS


def test_nothing_else_is_documented_as_a_setting() -> None:
    known = {*Office.model_fields, *(name.upper() for name in VARIABLES)}
    known |= {f"video.{field}" for field in Video.model_fields}
    settings, _, _ = SETTINGS.partition("## Commands")
    rows = re.findall(r"^\| `([^`]+)` \|", settings, re.M)
    assert set(rows) == known - {"video"}


def _commands(group: click.Group, before: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(command, f"{before}{name} ")
        else:
            found.append(f"{before}{name}")
    return found


@pytest.mark.parametrize("command", _commands(main))
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in SETTINGS


def test_links_between_documents_lead_somewhere() -> None:
    for path in (ROOT / name for name in TRACKED if name.endswith(".md")):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), (path.name, target)


def test_the_readme_names_files_and_commands_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z]+)", README):
        assert f"\n{target}:" in makefile, target
    for command in re.findall(r"python -m bot ([a-z-]+)", README):
        assert command in main.commands, command


def test_no_address_of_a_registry_and_no_path_of_a_machine() -> None:
    for name in TRACKED:
        if name.endswith((".png", ".jpg", ".webp")):
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"(^|[^.a-zA-Z])/(work|farm|root)/[a-z.]", text), name
        assert "files.pythonhosted" not in text or name == "tests/test_documents.py", name


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    production = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    development = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        assert _is_locked(requirement, production), requirement
    for requirement in project["optional-dependencies"]["dev"]:
        assert _is_locked(requirement, development), requirement
    versions = re.findall(r"^\S+==\S+", production, re.M)
    assert set(versions) <= set(re.findall(r"^\S+==\S+", development, re.M))
    assert "--hash=sha256:" in production
    assert "--hash=sha256:" in development


def _is_locked(requirement: str, lock: str) -> bool:
    name = re.split(r"[\[<>=;]", requirement)[0].strip()
    return re.search(rf"^{re.escape(name)}(\[\w+\])?==", lock, re.M) is not None


RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_every_article_has_code_and_a_test() -> None:
    rows = re.findall(r"^\| ([0-9][^|]*) \|[^|]*\|([^|]*)\|([^|]*)\|$", RULES, re.M)
    named = ", ".join(article for article, _, _ in rows)
    assert set(re.findall(r"\d+", re.sub(r"\(\d+\)", "", named))) == {
        str(number) for number in range(1, 15)
    }
    for article, code, tests in rows:
        for part in (code, tests):
            places = re.findall(r"`([^`:]+): (\w+)`", part)
            assert places, article
            for path, name in places:
                text = (ROOT / path).read_text(encoding="utf-8")
                assert re.search(rf"^(\s*)(async )?(def|class) {name}\b", text, re.M), (path, name)


def test_every_command_of_staff_is_in_their_guide() -> None:
    guide = (ROOT / "docs" / "staff-guide.ja.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`/{name}" in guide, name


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_every_guard_still_stands_and_is_documented(guard: Guard) -> None:
    """`make guards` takes it out by this line."""
    assert (ROOT / guard.file).read_text(encoding="utf-8").count(guard.line) == 1
    assert guard.name in RELIABILITY
    files, _, word = guard.tests.partition(" -k ")
    tests = "".join((ROOT / file).read_text(encoding="utf-8") for file in files.split())
    assert re.search(rf"def test_\w*{word}|\b{word}\b", tests)


def test_every_decision_has_its_parts() -> None:
    for file in (ROOT / "docs" / "decisions").glob("*.md"):
        text = file.read_text(encoding="utf-8")
        assert re.match(r"# .+\n\nStatus: (accepted|superseded by|amended by)", text), file.name
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"], (
            file.name
        )
