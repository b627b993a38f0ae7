"""``allocopt new``: a bundled scenario as a folder of one's own, whole or not at all."""

import json
from pathlib import Path

import pytest

from allocopt.cli import run
from allocopt.cli.copying import copy_scenario
from allocopt.errors import UsageError
from allocopt.scenario.bundled import bundled_scenarios

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCOPT_LANG", "en")
    return tmp_path


@pytest.mark.parametrize("name", bundled_scenarios())
def test_a_copy_passes_the_check(name: str, folder: Path, capsys: Printed) -> None:
    assert run(["new", "deep/mine", "--from", name, "--json"]) == 0
    written = json.loads(capsys.readouterr().out)["files"]
    assert "scenario.yaml" in written
    copy = folder / "deep" / "mine"
    assert {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()} == {
        *written
    }
    first = (copy / "scenario.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert run(["check", "deep/mine"]) == 0


def test_an_empty_folder_is_filled_and_a_full_one_refused(folder: Path, capsys: Printed) -> None:
    (folder / "mine").mkdir()
    assert run(["new", "mine", "--from", "media_mix"]) == 0
    before = (folder / "mine" / "scenario.yaml").read_bytes()
    assert run(["new", "mine", "--from", "noodle_fmcg"]) == 1
    assert "not an empty folder" in capsys.readouterr().err
    assert (folder / "mine" / "scenario.yaml").read_bytes() == before
    (folder / "file").write_text("x", encoding="utf-8")
    assert run(["new", "file", "--from", "media_mix"]) == 1


@pytest.mark.parametrize("name", ["../media_mix", "/etc", "", ".", "media_mix/../media_mix", "a\0"])
def test_only_names_are_taken(name: str, folder: Path) -> None:
    with pytest.raises(UsageError):
        copy_scenario(name, folder / "mine")
    assert list(folder.iterdir()) == []


def test_a_folder_of_the_same_name_is_not_the_bundled_one(folder: Path) -> None:
    (folder / "media_mix").mkdir()
    (folder / "media_mix" / "scenario.yaml").write_text("id: other", encoding="utf-8")
    copy_scenario("media_mix", folder / "mine")
    assert "id: media_mix" in (folder / "mine" / "scenario.yaml").read_text(encoding="utf-8")


def test_nothing_is_left_when_copying_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("allocopt.cli.copying.shutil.copyfile", full)
    assert run(["new", "mine", "--from", "media_mix"]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
