"""The scenario that the tests of this folder break."""

from pathlib import Path

import pytest
from tests.bad_input.broken import Broken


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    return Broken.at(tmp_path)
