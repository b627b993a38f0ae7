"""The format of scenario files: one module per part, all frozen, unknown keys refused."""

from allocopt.scenario.schema.scenario import ScenarioSchema

__all__ = ["ScenarioSchema"]
