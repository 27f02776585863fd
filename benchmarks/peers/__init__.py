"""Peers: what others do for the same, each in an environment of its own."""

import subprocess
import sys
import venv
from pathlib import Path

_HERE = Path(__file__).parent
# What a peer needs beside our own environment; each is looked at as its makers ship it.
_PACKAGES = ("django-appointment==3.12.0", "aiogram==3.31.0", "python-telegram-bot==22.8")
_SCRIPTS = ("django_appointment", "conversation_handler", "aiogram_fsm")


def measure(folder: Path) -> str:
    """Return what each peer's script says, or that they do not install here."""
    python = folder / "peers" / "bin" / "python"
    venv.create(folder / "peers", with_pip=True)
    installed = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PACKAGES],
        capture_output=True,
    )
    if installed.returncode:
        return "Peers: they do not install here."
    lines = []
    for script in _SCRIPTS:
        done = subprocess.run(
            [python, _HERE / f"{script}.py", folder], capture_output=True, text=True
        )
        lines.append(f"- {done.stdout.strip() or f'{script} does not run here'}")
        if done.returncode:
            print(done.stderr, file=sys.stderr)
    return "\n".join(["Peers, in this run:", *lines])
