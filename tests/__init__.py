"""Tests: unit, SQL, property, end to end, docs."""
