"""What outcomes of many draws say: estimates with intervals, comparisons, drivers, shocks."""
