"""Tests of what knows nothing of care: SQL, DuckDB, work ahead."""
