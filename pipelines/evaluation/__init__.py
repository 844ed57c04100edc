"""Evaluation: tests of change. Did another way of working, in some places or for some people, change what care costs?

Belongs here: the declaration and when it was noted, what a release says of it, the verdict and its page; and the statistical methods,
as pure functions on small arrays: `interrupted` (one series), `difference` and `synthetic_control` (places beside places),
`matching` and `matched_difference` (people beside people), `placebo`, `detectable`.
Does not belong here: what makes a release. Binary floats are right here: these are estimates.
"""
