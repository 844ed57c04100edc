"""Checking tables on the way out with Great Expectations."""
