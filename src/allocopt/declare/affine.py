"""Arrays of affine expressions in a model's variables.

They add, subtract, scale and slice like numpy arrays, so that the measure engine runs
over them unchanged, and they become Pyomo rows in one step. Coefficients are one sparse
matrix per array: a plan with a hundred thousand cell-months builds without a Python
object per term.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array, eye_array, kron, vstack

from allocopt.arrays import FloatArray, IntArray

Index = Any
"""Whatever indexes a numpy array."""


@dataclass
class Columns:
    """The variables of one model, in the order of the coefficient matrices' columns.

    Attributes
    ----------
    variables : list of Pyomo variables
    least, most : list of float
        What the variables are known to lie between, whatever is decided.
    """

    variables: list[Any] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of variables so far."""
        return len(self.variables)

    def add(
        self,
        variables: list[Any],
        least: list[float] | None = None,
        most: list[float] | None = None,
    ) -> IntArray:
        """Append ``variables``, with bounds where known, and return their column numbers."""
        first = len(self.variables)
        self.variables.extend(variables)
        self.least.extend(least or [-np.inf] * len(variables))
        self.most.extend(most or [np.inf] * len(variables))
        return np.arange(first, len(self.variables), dtype=np.int64)


def _widened(matrix: csr_array, width: int) -> csr_array:
    if matrix.shape[1] == width:
        return matrix
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


class Affine:
    """An array of affine expressions.

    Parameters
    ----------
    columns : Columns
    matrix : csr_array (size, columns)
        Coefficients, one row per element in C order.
    constant : FloatArray of the array's shape
    """

    __array_ufunc__ = None

    def __init__(self, columns: Columns, matrix: csr_array, constant: FloatArray) -> None:
        self.columns = columns
        self.matrix = matrix
        self.constant = constant

    @staticmethod
    def fixed(columns: Columns, values: FloatArray) -> "Affine":
        """Return the array of constants ``values``."""
        constant = np.asarray(values, dtype=np.float64)
        return Affine(columns, csr_array((constant.size, len(columns))), constant)

    @staticmethod
    def of_columns(
        columns: Columns,
        numbers: IntArray,
        shape: tuple[int, ...],
        factor: FloatArray | float = 1.0,
    ) -> "Affine":
        """Return ``factor`` times the variables in columns ``numbers``, arranged in ``shape``."""
        size = int(np.prod(shape))
        factors = np.broadcast_to(np.asarray(factor, dtype=np.float64), shape).ravel()
        matrix = csr_array((factors.copy(), (np.arange(size), numbers)), shape=(size, len(columns)))
        return Affine(columns, matrix, np.zeros(shape))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.constant.shape

    def coefficients(self) -> csr_array:
        """Return the coefficients as wide as the model is now."""
        return _widened(self.matrix, len(self.columns))

    def _lifted(self, other: "Affine | FloatArray | float") -> "Affine":
        if isinstance(other, Affine):
            return other
        values = np.broadcast_to(np.asarray(other, dtype=np.float64), self.shape)
        return Affine.fixed(self.columns, values)

    def __add__(self, other: "Affine | FloatArray | float") -> "Affine":
        """Return the elementwise sum; arrays of numbers broadcast to the expressions' shape."""
        right = self._lifted(other)
        if right.shape != self.shape:
            message = f"shapes {self.shape} and {right.shape} differ"
            raise ValueError(message)
        return Affine(
            self.columns,
            csr_array(self.coefficients() + right.coefficients()),
            self.constant + right.constant,
        )

    __radd__ = __add__

    def __neg__(self) -> "Affine":
        """Return the negative."""
        return Affine(self.columns, -self.matrix, -self.constant)

    def __sub__(self, other: "Affine | FloatArray | float") -> "Affine":
        """Return the elementwise difference."""
        return self + (-other if isinstance(other, Affine) else -np.asarray(other))

    def __rsub__(self, other: FloatArray | float) -> "Affine":
        """Return ``other - self``."""
        return -self + other

    def __mul__(self, factor: FloatArray | float) -> "Affine":
        """Return the elementwise product with numbers."""
        factors = np.broadcast_to(np.asarray(factor, dtype=np.float64), self.shape)
        scaled = csr_array(diags_array(factors.ravel()) @ self.matrix)
        return Affine(self.columns, scaled, self.constant * factors)

    __rmul__ = __mul__

    def __matmul__(self, right: FloatArray) -> "Affine":
        """Return the product along the last axis with a matrix of numbers."""
        rows = self.constant.size // right.shape[0]
        mixing = kron(eye_array(rows), csr_array(right.T), format="csr")
        return Affine(self.columns, csr_array(mixing @ self.matrix), self.constant @ right)

    def __getitem__(self, index: Index) -> "Affine":
        """Return a part, indexed as numpy does."""
        chosen = np.arange(self.constant.size).reshape(self.shape)[index]
        rows = np.asarray(chosen).ravel()
        return Affine(self.columns, csr_array(self.matrix[rows]), np.asarray(self.constant[index]))

    def mixed(self, matrix: csr_array) -> "Affine":
        """Return ``matrix @ self`` along the first axis, (m, ...)."""
        inner = int(np.prod(self.shape[1:]))
        mixing = csr_array(matrix) if inner == 1 else kron(matrix, eye_array(inner), format="csr")
        flat = mixing @ self.constant.ravel()
        return Affine(
            self.columns,
            csr_array(mixing @ self.matrix),
            np.asarray(flat).reshape(matrix.shape[0], *self.shape[1:]),
        )

    def total(self) -> "Affine":
        """Return the sum of all elements, shape ()."""
        ones = csr_array(np.ones((1, self.constant.size)))
        return Affine(self.columns, csr_array(ones @ self.matrix), np.asarray(self.constant.sum()))

    def range(self) -> tuple[FloatArray, FloatArray]:
        """Return what the elements lie between, by interval arithmetic on their variables."""
        least, most = np.array(self.columns.least), np.array(self.columns.most)
        matrix = self.coefficients()
        up, down = csr_array(matrix.maximum(0)), csr_array(matrix.minimum(0))
        up.eliminate_zeros()
        down.eliminate_zeros()
        low = up @ least + down @ most
        high = up @ most + down @ least
        return low.reshape(self.shape) + self.constant, high.reshape(self.shape) + self.constant

    def value(self) -> FloatArray:
        """Return the numbers at the variables' present values."""
        matrix, variables = self.coefficients(), self.columns.variables
        used = np.unique(matrix.indices)
        point = np.zeros(matrix.shape[1])
        point[used] = [float(variables[column].value or 0.0) for column in used.tolist()]
        flat = matrix @ point
        return np.asarray(flat).reshape(self.shape) + self.constant


def side_by_side(parts: list[Affine]) -> Affine:
    """Return arrays of shape (rows,) as the columns of one array (rows, parts)."""
    columns, count, rows = parts[0].columns, len(parts), parts[0].constant.size
    stacked = csr_array(vstack([part.coefficients() for part in parts], format="csr"))
    order = np.arange(count * rows).reshape(count, rows).T.ravel()
    constant = np.stack([part.constant for part in parts], axis=-1)
    return Affine(columns, csr_array(stacked[order]), constant)


def end_to_end(parts: list[Affine]) -> Affine:
    """Return arrays as one flat array, in order."""
    stacked = csr_array(vstack([part.coefficients() for part in parts], format="csr"))
    constant = np.concatenate([part.constant.ravel() for part in parts])
    return Affine(parts[0].columns, stacked, constant)


def placed(
    columns: Columns, *, where: IntArray, numbers: IntArray, factors: FloatArray, size: int
) -> Affine:
    """Return a flat array with ``factors`` times variables ``numbers`` added at ``where``."""
    matrix = coo_array((factors, (where, numbers)), shape=(size, len(columns))).tocsr()
    return Affine(columns, csr_array(matrix), np.zeros(size))
