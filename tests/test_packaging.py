"""The program as a package: what is installed from a wheel works without the checkout."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot import __version__
from models.vault import new_data_key
from tests.test_documents import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as opened:
        assert "madoguchi = bot.cli.main:main" in "".join(
            opened.read(name).decode() for name in opened.namelist() if name.endswith("points.txt")
        )
        opened.extractall(folder / "site")
    return folder / "site"


def test_an_installed_program_knows_its_version(installed: Path, tmp_path: Path) -> None:
    assert _run(installed, tmp_path, "--version") == f"madoguchi, version {__version__}\n"


def test_an_installed_program_makes_its_tables_and_finds_its_office(
    installed: Path, tmp_path: Path
) -> None:
    _run(installed, tmp_path, "migrate")
    assert (tmp_path / "var" / "madoguchi.db").exists()
    terms = tmp_path / "terms.txt"
    terms.write_text("第1条 試験のための文章です。", encoding="utf-8")
    said = _run(installed, tmp_path, "terms", "publish", str(terms), "--effective", "2026-01-05")
    assert "Version 1, in force from 2026-01-05" in said


def test_an_installed_program_has_its_pages_and_phrases(installed: Path) -> None:
    for name in (
        "bot/pages/templates/base.html",
        "bot/sandbox/page/index.html",
        "locales/ja/LC_MESSAGES/madoguchi.po",
        "models/migrations/script.py.mako",
        "offices/hiroshima-mothers.toml",
    ):
        assert (installed / name).exists(), name


def _run(installed: Path, folder: Path, *arguments: str) -> str:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "OFFICE"},
        "PYTHONPATH": str(installed),
        "DATA_KEY": new_data_key(),
        "PUBLIC_URL": "https://counter.test",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
