"""A wheel built from the source distribution works away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Neither what was built before nor what git ignores may reach the source distribution.
LEFT_OUT = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "build", "dist", "runs")
SHIPPED = {
    "allocopt": ROOT / "src" / "allocopt",
    "allocopt/models": ROOT / "models",
    "allocopt/scenarios": ROOT / "scenarios",
}

# One worker builds for all tests of this file.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: Path | str, folder: Path) -> str:
    """Return what ``command`` prints, run in ``folder``; it must succeed."""
    # PYTHONPATH and its like would let the checkout in
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def folder_of(environment: Path, kind: str) -> Path:
    """Return the folder of ``kind`` (scripts, purelib) in a virtual environment."""
    base = str(environment)
    return Path(sysconfig.get_path(kind, "venv", {"base": base, "platbase": base}))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from the source distribution, itself built from a clean copy."""
    copy = tmp_path_factory.mktemp("build") / "copy"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    run(sys.executable, "-m", "build", "--no-isolation", folder=copy)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the wheel in it and the dependencies of the running one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    python = folder_of(folder, "scripts") / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "--no-index", wheel, folder=folder)
    # A path from a .pth file is searched last, and .pth files in it are not read: the editable
    # install of the running environment, which is one, stays out.
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    target = folder_of(folder, "purelib") / "dependencies.pth"
    target.write_text("\n".join(sorted(dependencies)), encoding="utf-8")
    return folder


def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    expected = {
        f"{prefix}/{path.relative_to(top).as_posix()}"
        for prefix, top in SHIPPED.items()
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected


@pytest.mark.parametrize("package", ["allocopt", "allocopt.models", "allocopt.scenarios"])
def test_packages_come_from_the_wheel(environment: Path, package: str, tmp_path: Path) -> None:
    python = folder_of(environment, "scripts") / "python"
    code = f"import {package}; print({package}.__file__)"
    found = Path(run(python, "-c", code, folder=tmp_path).strip())
    assert found.is_relative_to(folder_of(environment, "purelib"))


def test_commands_work_away_from_the_checkout(environment: Path, tmp_path: Path) -> None:
    allocopt = folder_of(environment, "scripts") / "allocopt"
    assert "solve" in run(allocopt, "--help", folder=tmp_path)
    assert "joint" in run(allocopt, "models", "--json", folder=tmp_path)
    json.loads(run(allocopt, "models", "--json", folder=tmp_path))
    json.loads(run(allocopt, "check", "telecom_city", "--json", folder=tmp_path))
    assert list(tmp_path.iterdir()) == []
