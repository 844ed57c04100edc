"""Tests: sql."""
