"""Analysis: what inequality costs. Statistics as pure functions on small arrays, and the tables that are made with them.

Belongs here: `intervals` (rates, proportions, means), `standardisation`, `inequality`, `high_cost`, which anybody may call on any
numbers, and `tables`, which calls them on a dataset. Does not belong here: sums of records (`sql/analysis`), pages. Binary floats
are right here: these are estimates. What is published is rounded once, at the end (`estimate.published`).
"""
