"""Checking tables on the way out with Great Expectations, and the auditors' Data Docs."""
