"""Published tables that show no license: they stay where they are, beside the project."""

import os
from pathlib import Path

import pytest

CASES = Path(
    os.environ.get("ALLOCOPT_CASES", Path(__file__).absolute().parents[2] / "shared" / "cases")
)


def published(*parts: str) -> str:
    """Return the text of a published table; the test is skipped where it is not at hand."""
    path = CASES.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"{'/'.join(parts)} is not beside the project; set ALLOCOPT_CASES")
    return path.read_text(encoding="utf-8")
