"""The measures of a large run as one tidy Parquet file, for those who have pyarrow."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO

from allocopt.arrays import FloatArray
from allocopt.plan.result_files import STORED_MEASURES, measure_axis, measure_units
from allocopt.problem.problem import Problem

PARQUET_FILE = "measures.parquet"
_LARGE = 200_000


def worth_parquet(measures: Mapping[str, FloatArray]) -> bool:
    """Return whether the measures are many, and pyarrow is there to write them.

    Loading it takes longer than writing a small plan.
    """
    return sum(array.size for array in measures.values()) >= _LARGE and bool(find_spec("pyarrow"))


def measures_parquet(problem: Problem, measures: Mapping[str, FloatArray]) -> bytes:
    """Return every measure as rows of measure, row, period, value, counted_in.

    Parameters
    ----------
    problem : Problem
    measures : mapping measure name -> FloatArray (rows, periods)
    """
    periods = problem.calendar.labels
    columns: dict[str, list[object]] = {
        name: [] for name in ("measure", "row", "period", "value", "counted_in")
    }
    for name in STORED_MEASURES:
        labels = problem.axes[measure_axis(name)].labels
        columns["measure"].extend([name] * len(labels) * len(periods))
        columns["row"].extend(label for label in labels for _ in periods)
        columns["period"].extend(periods * len(labels))
        columns["value"].extend(measures[name].ravel().tolist())
        columns["counted_in"].extend(u for u in measure_units(problem, name) for _ in periods)
    stream = BytesIO()
    # optional and slow to import, so only when there is something to write
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    parquet.write_table(arrow.table(columns), stream)
    return stream.getvalue()
