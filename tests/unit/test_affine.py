"""Arrays of expressions behave like the numpy arrays of their values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.declare.affine import Affine, Columns, end_to_end, placed, side_by_side
from allocopt.declare.rows import columns_of, declare_variables

Numbers = FloatArray | Affine


def pair(
    rng: np.random.Generator, columns: Columns, shape: tuple[int, ...]
) -> tuple[Affine, FloatArray]:
    """Return random expressions of fresh variables and what they are worth."""
    model = pyo.ConcreteModel()
    size = int(np.prod(shape))
    model.x = pyo.Var(range(size))
    point = rng.normal(size=size)
    for number in range(size):
        model.x[number].set_value(point[number])
    numbers = columns.add([model.x[number] for number in range(size)])
    factor, constant = rng.normal(size=shape), rng.normal(size=shape)
    expression = Affine.of_columns(columns, numbers, shape, factor) + constant
    return expression, point.reshape(shape) * factor + constant


OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda a, b, _: a + b,
    "subtract": lambda a, b, _: a - b,
    "negate": lambda a, _b, _k: -a,
    "scale": lambda a, _, k: a * k,
    "scale from the left": lambda a, _, k: k * a,
    "scale by a column": lambda a, _, k: a * k[:, :1],
    "scale by a number": lambda a, _b, _k: 2.5 * a,
    "shift": lambda a, _, k: a + k,
    "shift from the left": lambda a, _, k: k - a,
    "matrix from the right": lambda a, _, k: a @ k.T,
    "column": lambda a, _b, _k: a[..., 1],
    "rows": lambda a, _b, _k: a[np.array([2, 0, 2])],
    "part": lambda a, b, _: (a + b)[1:, :2],
    "one": lambda a, _b, _k: a[1, 2],
    "pairs": lambda a, _b, _k: a[np.ix_(np.array([0, 2]), np.array([1, 3]))],
    "zero": lambda a, _b, _k: a * 0.0,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_agrees_with_numpy(name: str) -> None:
    rng, columns = np.random.default_rng(3), Columns()
    (a, x), (b, y) = pair(rng, columns, (3, 4)), pair(rng, columns, (3, 4))
    k = rng.normal(size=(3, 4))
    found, wanted = OPERATIONS[name](a, b, k), OPERATIONS[name](x, y, k)
    assert found.shape == wanted.shape
    assert found.value() == pytest.approx(wanted, abs=1e-12)


def test_mixing_rows_is_a_matrix_product() -> None:
    rng, columns = np.random.default_rng(1), Columns()
    matrix = csr_array(rng.normal(size=(2, 3)))
    for shape in ((3, 4), (3,), (3, 2, 2)):
        a, x = pair(rng, columns, shape)
        wanted = np.tensordot(matrix.toarray(), x, axes=1)
        assert a.mixed(matrix).value() == pytest.approx(wanted, abs=1e-12)


def test_total_and_joining() -> None:
    rng, columns = np.random.default_rng(2), Columns()
    (a, x), (b, y) = pair(rng, columns, (3,)), pair(rng, columns, (3,))
    assert a.total().value() == pytest.approx(x.sum())
    assert a.total().shape == ()
    assert side_by_side([a, b]).value() == pytest.approx(np.stack([x, y], axis=-1))
    assert end_to_end([a, b[:2]]).value() == pytest.approx(np.concatenate([x, y[:2]]))


def test_older_expressions_grow_with_the_model() -> None:
    """Variables that are added later do not disturb what was written before."""
    rng, columns = np.random.default_rng(4), Columns()
    a, x = pair(rng, columns, (2, 2))
    halves = a * 0.5
    b, y = pair(rng, columns, (2, 2))
    assert (halves + b).value() == pytest.approx(x / 2 + y)
    assert halves.coefficients().shape == (4, len(columns))


def test_placed_adds_what_falls_on_one_place() -> None:
    columns = Columns()
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1, 2])
    for number in range(3):
        model.x[number].set_value(float(number + 1))
    numbers = columns.add([model.x[number] for number in range(3)])
    found = placed(
        columns, where=np.array([1, 1, 0]), numbers=numbers, factors=np.array([1.0, 2, 3]), size=3
    )
    assert found.value().tolist() == [9, 5, 0]


def test_shapes_that_differ_are_refused() -> None:
    rng, columns = np.random.default_rng(5), Columns()
    a, _ = pair(rng, columns, (2, 2))
    b, _ = pair(rng, columns, (2, 3))
    with pytest.raises(ValueError, match="differ"):
        _ = a + b


def test_empty_arrays_are_arrays() -> None:
    columns = Columns()
    empty = Affine.fixed(columns, np.zeros((0, 4)))
    assert (empty + empty).value().shape == (0, 4)
    assert (empty @ np.ones((4, 2))).shape == (0, 2)
    assert empty.total().value() == 0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_chains_of_operations_agree_with_numpy(seed: int) -> None:
    rng, columns = np.random.default_rng(seed), Columns()
    expression, value = pair(rng, columns, (3, 3))
    for name in rng.choice(["add", "subtract", "scale", "shift", "matrix from the right"], size=5):
        other, worth = pair(rng, columns, (3, 3))
        k = rng.normal(size=(3, 3))
        expression = OPERATIONS[str(name)](expression, other, k)
        value = OPERATIONS[str(name)](value, worth, k)
    assert expression.value() == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_variables_carry_their_unit() -> None:
    model = pyo.ConcreteModel()
    spend = declare_variables(model, "spend", ["a", "b"], shape=(2,), upper=3.0, factor=1e4)
    for number, variable in enumerate(columns_of(model).variables):
        variable.set_value(number + 1.0)
        assert (variable.lower, variable.upper) == (0, 3)
    assert spend.value().tolist() == [10_000, 20_000]


def test_range_holds_every_value_within_the_bounds_of_the_variables() -> None:
    rng, columns = np.random.default_rng(6), Columns()
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(5))
    least, most = rng.uniform(-2, 0, 5), rng.uniform(0, 2, 5)
    numbers = columns.add([model.x[k] for k in range(5)], least.tolist(), most.tolist())
    one = Affine.of_columns(columns, numbers, (5,))
    values = (one @ rng.normal(size=(5, 3))) + 1.0
    low, high = values.range()
    for corner in rng.uniform(least, most, size=(50, 5)):
        for k in range(5):
            model.x[k].set_value(corner[k])
        assert (values.value() >= low - 1e-12).all()
        assert (values.value() <= high + 1e-12).all()
    # The ends are reached, each by a corner of the box.
    rows = values.matrix.toarray()
    assert np.allclose(high, [1.0 + row @ np.where(row > 0, most, least) for row in rows])
    assert np.allclose(low, [1.0 + row @ np.where(row > 0, least, most) for row in rows])


def test_range_of_what_is_not_bounded_is_infinite() -> None:
    columns = Columns()
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2))
    numbers = columns.add([model.x[k] for k in range(2)], [0.0, -np.inf], [np.inf, 1.0])
    one = Affine.of_columns(columns, numbers, (2,))
    low, high = (one * np.array([1.0, 0.0])).range()
    assert low.tolist() == [0.0, 0.0]
    assert high.tolist() == [np.inf, 0.0]
