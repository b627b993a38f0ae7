"""Named quantities of a plan: defined once, used by optimizer, audit and simulator."""
