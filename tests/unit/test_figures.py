"""What figures show, read back from their bars, dots and words."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.evaluated import plan_of

from allocopt.measures.decisions import current_decisions
from allocopt.plan.plan import Plan
from allocopt.problem import build_problem
from allocopt.problem.axes import AxisName
from allocopt.report.figures import (
    lines_figure,
    plans_figure,
    response_figure,
    spend_figure,
    targets_figure,
)
from allocopt.report.lettering import PLAIN_FONT, Lettering, lettering
from allocopt.text import Bilingual, Language
from allocopt.workflow.inputs import load

EVERYTHING = "Last Resort High-Efficiency"
"""A font of matplotlib with a glyph, if a box, for every character."""


@pytest.fixture(scope="module")
def media() -> Plan:
    return plan_of(load("media_mix"), decides=("spend",))


@pytest.fixture(scope="module")
def noodles() -> Plan:
    scenario = load("noodle_fmcg")
    problem = build_problem(scenario.data)
    decisions = current_decisions(problem)
    decisions.target[:] = np.arange(decisions.target.size).reshape(decisions.target.shape)
    return plan_of(scenario, decisions)


@pytest.fixture(scope="module")
def chinese() -> Lettering:
    return lettering(Language.CHINESE, (EVERYTHING,))


def drawn(figure: Figure) -> Figure:
    """Draw for real: a missing glyph is a warning, and a warning an error."""
    figure.savefig(BytesIO(), format="png", dpi=40)
    return figure


def bars(figure: Figure) -> list[list[float]]:
    containers = figure.axes[0].containers
    return [[float(bar.get_width()) for bar in container] for container in containers]


def names(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_spend_of_one_lever_is_by_placement_in_the_scenarios_unit(media: Plan) -> None:
    figure = drawn(spend_figure(media))
    current, planned = bars(figure)
    assert names(figure)[0] == "Television"
    assert current[0] == pytest.approx(12 * 55)
    assert sum(planned) == pytest.approx(media.decisions.spend.sum() / 10**4)


def test_spend_of_several_levers_is_by_lever(noodles: Plan) -> None:
    figure = drawn(spend_figure(noodles))
    assert sorted(names(figure)) == ["Dealer fairs", "Market visits", "Trade promotion"]


def test_many_placements_end_in_a_sum(monkeypatch: pytest.MonkeyPatch, media: Plan) -> None:
    monkeypatch.setattr("allocopt.report.figures._MOST_BARS", 4)
    figure = drawn(spend_figure(media))
    assert names(figure)[-1] == "6 others"
    assert sum(bars(figure)[0]) == pytest.approx(3120)


def test_dots_lie_on_the_curve_at_the_plans_effort(media: Plan) -> None:
    figure = drawn(response_figure(media, ["tv"]))
    curve, dots = figure.axes[0].lines
    effort, response = np.asarray(dots.get_xdata()), np.asarray(dots.get_ydata())
    tv = media.problem.axes[AxisName.PLACEMENTS].labels.index("tv")
    assert effort == pytest.approx(media.measures["effort"][tv] / 10**4)
    assert response == pytest.approx(9000 * effort**2.4 / (110**2.4 + effort**2.4))
    line = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    assert np.interp(effort, *line) == pytest.approx(response, rel=1e-3)


def test_the_placements_with_most_spend_are_drawn(media: Plan) -> None:
    titles = [axes.get_title() for axes in drawn(response_figure(media)).axes]
    assert titles[:2] == ["Television", "Short video"]
    assert len(titles) == 6


def test_lines_show_relative_slack_and_the_slack_itself(media: Plan) -> None:
    figure = drawn(lines_figure(media))
    budget, back = bars(figure)[0]
    assert budget == pytest.approx(-120 / 3000 * 100)
    result = media.lines[1]
    assert back == pytest.approx(result.slack / result.rhs * 100)
    said = [text.get_text().strip() for text in figure.axes[0].texts]
    assert said[1].endswith("times")
    assert said[0].startswith("-1")


def test_a_missed_hard_line_has_a_color_of_its_own(media: Plan) -> None:
    budget, back = drawn(lines_figure(media)).axes[0].containers[0]
    assert budget.get_facecolor() != back.get_facecolor()


def test_targets_are_the_sums_of_each_unit(noodles: Plan) -> None:
    figure = drawn(targets_figure(noodles))
    target, _, reached = bars(figure)
    assert sum(target) == pytest.approx(noodles.decisions.target.sum() / 10**4)
    assert sum(reached) == pytest.approx(noodles.measures["revenue"].sum() / 10**4)
    assert names(figure) == ["Northern area", "Western area", "Southern area"]


def test_chinese_words_where_a_font_has_them(media: Plan, chinese: Lettering) -> None:
    for figure in (spend_figure(media, chinese), lines_figure(media, chinese)):
        assert "电视" in names(figure) or "年度预算" in names(figure)
    assert drawn(response_figure(media, ["tv"], chinese)).axes[0].get_title() == "电视"


def test_english_where_no_font_has_chinese() -> None:
    words = lettering(Language.CHINESE, ("no such font",))
    assert words.language is Language.ENGLISH
    assert words.fonts == (PLAIN_FONT,)
    assert not words.draws("电视")
    assert words.say(Bilingual("电视", "Television"), "tv") == "Television"
    assert words.say(Bilingual("电视", ""), "tv") == "tv"
    assert words.money_unit(10**4) == "10 000 yuan"


def test_a_font_of_that_name_without_the_characters_is_not_trusted(media: Plan) -> None:
    words = lettering(Language.CHINESE, ("DejaVu Serif",))
    assert words.say(Bilingual("电视", "Television"), "tv") == "Television"
    drawn(spend_figure(media, words))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda plan: response_figure(plan, ["radar"]), "not a placement of this plan: radar"),
        (lambda plan: targets_figure(plan), "targets for 0 quotas, not for number 0"),
    ],
)
def test_what_is_not_there_is_refused(media: Plan, draw: object, message: str) -> None:
    assert callable(draw)
    with pytest.raises(ValueError, match=message):
        draw(media)


def test_a_plan_without_lines_has_no_figure_of_them(media: Plan) -> None:
    with pytest.raises(ValueError, match="no lines"):
        lines_figure(replace(media, lines=()))


def test_plans_stand_beside_each_other(media: Plan, noodles: Plan) -> None:
    figure = drawn(plans_figure({"one": media, "other": media}))
    assert [label for label in figure.axes[0].get_legend_handles_labels()[1]] == ["one", "other"]
    first, second = bars(figure)
    assert first == second == bars(drawn(spend_figure(media)))[1]
    for plans in ({}, {"media": media, "noodles": noodles}):
        with pytest.raises(ValueError, match="same things"):
            plans_figure(plans)
