"""The public functions, as a script or a notebook calls them."""

import subprocess
import sys
from pathlib import Path

import pytest

import allocopt as ao
from allocopt.errors import UsageError

SMALL = Path(__file__).parents[1] / "data" / "small"


@pytest.mark.parametrize("given", [SMALL, "media_mix"])
def test_solve_takes_a_path_or_a_name_as_well(given: str | Path) -> None:
    plan = ao.solve(given, "subsidies", gap=0.05)
    same = ao.solve(ao.load_scenario(given), "subsidies", gap=0.05)
    assert plan.scenario.name == same.scenario.name
    assert plan.objective == same.objective


def test_a_scenario_that_does_not_exist_is_said_by_solve() -> None:
    with pytest.raises(UsageError, match="media_mxi"):
        ao.solve("media_mxi")


def test_the_package_shows_its_public_names_and_no_others() -> None:
    code = (
        "import allocopt as ao; before = dir(ao); ao.Plan, ao.curves, ao.solve;"
        "assert before == dir(ao), set(before) ^ set(dir(ao));"
        "public = [name for name in before if not name.startswith('__')];"
        "assert public == sorted(ao.__all__), public;"
        "assert all(hasattr(ao, name) for name in before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
