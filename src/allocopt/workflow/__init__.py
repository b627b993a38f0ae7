"""The whole way through, in calls that the command line and notebooks share.

`inputs` reads and checks scenarios, `plans` solves them: apart, because a check must not
wait for the solver to be imported.
"""
