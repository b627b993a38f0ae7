"""Checks across sections: references, trees, ranges that only make sense together."""

from allocopt.scenario.checks.duplicates import duplicate_ids

ALL_CHECKS = ()

__all__ = ["ALL_CHECKS", "duplicate_ids"]
