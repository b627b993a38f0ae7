"""From a model to an answer: HiGHS, options, and the search for a proven plan."""
