"""Tests of the made Tayside."""
