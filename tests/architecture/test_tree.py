"""What must not lie in the project's files."""

import re
import subprocess

from tests.architecture.sources import ROOT, sources

# Joined here, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    "|".join(("/" + "work/", "/" + "root/", "/" + "home/[a-z]", "/tmp/" + "scratch", "C:" + r"\\Users"))
)
SECRETS = re.compile("-----BEGIN" + " [A-Z ]*PRIVATE KEY|" + "AKIA" + "[0-9A-Z]{16}|gh" + "p_[A-Za-z0-9]{36}")
UNFINISHED = re.compile(r"#.*\b(TO" + "DO|FIX" + r"ME|XX" + r"X)\b")


def texts() -> dict[str, str]:
    """Every file that is or will be in the repository, as far as it is text."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = {}
    for name in listed:
        path = ROOT / name
        if path.is_file() and b"\x00" not in (content := path.read_bytes()):
            found[name] = content.decode("utf-8")
    assert len(found) > 100
    return found


def test_no_file_names_a_path_of_one_machine() -> None:
    assert {name: hit[0] for name, text in texts().items() if (hit := MACHINE_PATHS.search(text))} == {}


def test_no_file_holds_a_secret() -> None:
    assert [name for name, text in texts().items() if SECRETS.search(text)] == []


def test_nothing_is_left_for_later() -> None:
    assert {source.name: hit[0] for source in sources() if (hit := UNFINISHED.search(source.text))} == {}
