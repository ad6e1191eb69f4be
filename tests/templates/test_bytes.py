"""The same template, data and engine give the same bytes: in another process, time zone, locale, folder and year."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

# Renders every template of the library, and prints the digests; `date` moves what Python takes for now.
_PROGRAM = """
import hashlib, json, locale, os, sys, time
locale.setlocale(locale.LC_ALL, "")
shift = float(os.environ["SHIFT_SECONDS"])
now, now_ns, local, utc = time.time, time.time_ns, time.localtime, time.gmtime
time.time = lambda: now() + shift
time.time_ns = lambda: now_ns() + int(shift * 1e9)
time.localtime = lambda seconds=None: local(time.time() if seconds is None else seconds)
time.gmtime = lambda seconds=None: utc(time.time() if seconds is None else seconds)
from templates import DocumentEngine
from templates.engine import formats_here
engine = DocumentEngine()
made = {}
manifests = engine.templates()
for manifest in manifests if os.environ["BACKWARDS"] == "no" else reversed(manifests):
    data = engine.example(manifest.name)
    for to in formats_here(manifest):
        if not (manifest.source == "word" and to == "pdf"):  # LibreOffice promises no such thing
            content = engine.render(manifest.name, data, to).content
            made[f"{manifest.name}.{to}"] = hashlib.sha256(content).hexdigest()
print(json.dumps(made))
"""


def digests(folder: Path, **environment: str) -> Mapping[str, str]:
    folder.mkdir()
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    made: dict[str, str] = json.loads(done.stdout)
    return made


@pytest.mark.slow
def test_bytes_of_every_template_are_equal_in_any_process(tmp_path: Path) -> None:
    one = digests(tmp_path / "one", TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="1", SHIFT_SECONDS="0", BACKWARDS="no")
    other = digests(
        tmp_path / "other",
        TZ="Pacific/Kiritimati",  # the other day, nearly everywhere
        LC_ALL="C",
        LANG="de_DE.UTF-8",
        PYTHONHASHSEED="4711",
        SHIFT_SECONDS=str(400 * 86_400),
        BACKWARDS="yes",
        SOURCE_DATE_EPOCH="86400",
        HOME=str(tmp_path),
    )
    assert {name.rpartition(".")[2] for name in one} >= {"docx", "pdf"}
    assert other == one
