"""The machinery every step uses: paths, errors, DuckDB, Parquet. Knows nothing of health or care."""
