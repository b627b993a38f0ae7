"""Tidy pandas tables of an explanation; money in 元, sentences in both languages."""

from collections.abc import Mapping

import pandas as pd

from allocopt.report.displaced import Use
from allocopt.report.explain import Explanation, PlacementReason
from allocopt.report.explain_text import Teller
from allocopt.report.format import NumberStyle
from allocopt.text import Language, Text


def explanation_tables(explanation: Explanation) -> dict[str, pd.DataFrame]:
    """Return the tables ``lines``, ``placements`` and ``periods``.

    Parameters
    ----------
    explanation : Explanation
    """
    tellers = {
        language: Teller(
            explanation, NumberStyle(language, explanation.money_unit, explanation.volume_unit)
        )
        for language in Language
    }
    lines = [
        {
            "line": row.result.line.name,
            "name_zh": row.name.zh,
            "name_en": row.name.en,
            "plan": row.result.lhs,
            "bound": row.result.rhs,
            "price": row.price,
            "step": row.step,
            "worth": row.worth,
            **{f"sentence_{lang}": one.line(row).render(lang) for lang, one in tellers.items()},
        }
        for row in explanation.lines
    ]
    placements = [{**_placement(row), **_sentences(row, tellers)} for row in explanation.placements]
    periods = [
        {"placement": row.id, **vars(part), "reason": str(part.reason)}
        for row in explanation.placements
        for part in row.periods
    ]
    return {
        "lines": pd.DataFrame(lines),
        "placements": pd.DataFrame(placements),
        "periods": pd.DataFrame(periods),
    }


def _sentences(row: PlacementReason, tellers: Mapping[Language, Teller]) -> dict[str, object]:
    why = {f"why_{lang}": one.reason(row).render(lang) for lang, one in tellers.items()}
    displaced = {
        f"displaced_{lang}": _said(one.displaced(row), lang) for lang, one in tellers.items()
    }
    return {**why, **displaced}


def _said(text: Text | None, language: Language) -> str:
    return "" if text is None else text.render(language)


def _placement(row: PlacementReason) -> dict[str, object]:
    return {
        "placement": row.id,
        "name_zh": row.name.zh,
        "name_en": row.name.en,
        "spend": row.spend,
        "response": row.response,
        "marginal_return": row.marginal,
        "price": row.price,
        "best_average_return": row.average,
        "reason": str(row.reason),
        "line": row.line,
        **_use("elsewhere", row.elsewhere),
        **_use("source", row.source),
    }


def _use(role: str, use: Use | None) -> dict[str, object]:
    if use is None:
        return {role: None, f"{role}_return": float("nan")}
    return {role: use.id, f"{role}_return": use.brings}
