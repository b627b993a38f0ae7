"""Every command of the README's tour works, in order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [
    line.removeprefix("$ ")
    for _, block in BLOCKS
    for line in block.splitlines()
    if line.startswith("$ ")
]
NOT_ZERO = {"allocopt check my_plan": 2, "allocopt verify runs/edited": 6}
"""The tour shows two things going wrong."""


@pytest.mark.slow
def test_the_tour_works_as_written(tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    codes = {}
    for command in COMMANDS:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env={**os.environ, "PATH": path})
        codes[command] = done.returncode
    assert codes == {command: NOT_ZERO.get(command, 0) for command in COMMANDS}


@pytest.mark.slow
def test_the_python_of_the_tour_works(tmp_path: Path) -> None:
    program = "\n".join(block for language, block in BLOCKS if language == "python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("proven")
    assert "\n()\n" in done.stdout


def test_the_tour_is_read_from_the_readme() -> None:
    assert COMMANDS[0] == "allocopt new my_plan --from media_mix"
    assert set(NOT_ZERO) <= set(COMMANDS)
