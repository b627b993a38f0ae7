"""What two problems differ in, by value: the ground of every reuse between solves."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np
from scipy.sparse import csr_array

from allocopt.problem.problem import Problem


def differing(first: Problem, second: Problem) -> frozenset[str]:
    """Return the names of the fields of `Problem` in which two problems differ.

    Parameters
    ----------
    first, second : Problem
        Every array, curve and record is compared, element by element.
    """
    return frozenset(
        one.name
        for one in fields(Problem)
        if not alike(getattr(first, one.name), getattr(second, one.name))
    )


def alike(first: object, second: object) -> bool:
    """Return whether two values are the same: records, arrays, mappings and what they hold."""
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return _same_array(first, second)
    if isinstance(first, csr_array) and isinstance(second, csr_array):
        parts = zip(_parts(first), _parts(second), strict=True)
        return first.shape == second.shape and all(_same_array(a, b) for a, b in parts)
    if is_dataclass(first):
        return all(alike(getattr(first, f.name), getattr(second, f.name)) for f in fields(first))
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        same_keys = first.keys() == second.keys()
        return same_keys and all(alike(value, second[key]) for key, value in first.items())
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        same_size = len(first) == len(second)
        return same_size and all(alike(a, b) for a, b in zip(first, second, strict=True))
    return bool(first == second)


def _parts(matrix: csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return matrix.indptr, matrix.indices, matrix.data


def _same_array(first: np.ndarray, second: np.ndarray) -> bool:
    numbers = first.dtype.kind == "f" and second.dtype.kind == "f"
    return np.array_equal(first, second, equal_nan=numbers)
