"""The machinery every step uses: errors, DuckDB, Spark, Parquet, what of the machine may be used.

Belongs here: what would serve any data. Does not belong here: health and care, but for what no text may show (`said.py`).
"""
