"""A comparison as plain values."""

from dataclasses import asdict

from allocopt.plan.json_values import number_out
from allocopt.simulation.comparison import Comparison, PlanOutlook
from allocopt.simulation.store import numbers_out
from allocopt.statistics.estimate import Estimate
from allocopt.text import Language


def comparison_record(found: Comparison) -> dict[str, object]:
    """Return a comparison as plain values, the form that ``--json`` prints.

    Money is in 元, shares are fractions; pairs and plans go by name.
    """
    names = [one.name for one in found.plans]
    table = found.robustness
    return {
        "draws": found.draws,
        "replicates": found.replicates,
        "seed": found.seed,
        "plans": [_plan_out(one) for one in found.plans],
        "missing": [{"name": one.name, "reason": str(one.reason)} for one in found.missing],
        "differences": [
            {"first": names[one.first], "second": names[one.second], **_out(one.estimate)}
            for one in found.differences
        ],
        "regrets": {
            name: dict(zip(names, map(number_out, row.tolist()), strict=True))
            for name, row in zip(names, found.regrets, strict=True)
        },
        "best": {"plan": names[found.best.plan], "chance": found.best.chance},
        "metrics": [
            {
                "name": metric.name,
                "values": dict(zip(names, map(number_out, values.tolist()), strict=True)),
                "winners": [names[number] for number in table.winners(k)],
                "flips": k in table.flips,
            }
            for k, (metric, values) in enumerate(zip(table.metrics, table.values.T, strict=True))
        ],
        "impossible": dict(found.impossible),
        "left_out": found.left_out,
        "precision": found.precision.model_dump(),
        "precision_reached": found.precision_reached,
        "seconds": found.seconds,
    }


def _plan_out(one: PlanOutlook) -> dict[str, object]:
    plan = one.plan
    return {
        "name": one.name,
        "title": {language.value: one.title.render(language) for language in Language},
        "status": str(plan.status),
        "objective": plan.objective,
        "broken": [result.line.name for result in plan.broken],
        "remarks": [remark.as_record(Language.ENGLISH) for remark in plan.remarks],
        "worth": _out(one.worth),
        "tail": _out(one.tail),
        "p_hard": _out(one.p_hard),
        "p_best": _out(one.p_best),
        "mean_regret": _out(one.mean_regret),
        "max_regret": one.max_regret,
        "lines": [numbers_out(asdict(line)) for line in one.lines],
        "measures": [numbers_out(asdict(measure)) for measure in one.measures],
    }


def _out(found: Estimate) -> dict[str, object]:
    return numbers_out({"value": found.value, "low": found.low, "high": found.high})
