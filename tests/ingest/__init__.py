"""Tests of taking submissions in: reading, validating, reference tables."""
