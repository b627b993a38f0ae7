"""Language and JSON mode are known before the arguments are parsed."""

import pytest

from allocopt.cli.session import Session, session_of
from allocopt.text import Language

ZH, EN = Language.CHINESE, Language.ENGLISH


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, EN),
        ([], {"LANG": "zh_CN.UTF-8"}, ZH),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, EN),
        ([], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, ZH),
        ([], {"LC_ALL": "", "LANG": "zh"}, ZH),
        ([], {"ALLOCOPT_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, ZH),
        ([], {"ALLOCOPT_LANG": "en", "LANG": "zh_CN.UTF-8"}, EN),
        (["check", "x", "--lang", "zh"], {"LANG": "en_US.UTF-8"}, ZH),
        (["--lang=en", "check", "x"], {"LANG": "zh_CN.UTF-8"}, EN),
        (["--lang", "zh", "check", "x", "--lang", "en"], {}, EN),
        # a wrong value is click's to refuse, in the language of the locale
        (["--lang", "fr"], {"LANG": "zh_CN.UTF-8"}, ZH),
        (["check", "--", "--lang", "zh"], {}, EN),
        (["check", "--lang"], {}, EN),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], language: Language) -> None:
    assert session_of(arguments, environment).language is language


def test_json() -> None:
    assert session_of(["check", "x", "--json"], {}) == Session(EN, as_json=True)
    assert session_of(["--json", "check", "x"], {}).as_json
    assert not session_of(["check", "--", "--json"], {}).as_json
