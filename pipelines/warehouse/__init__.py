"""The data root: its folders, the tables in them, what is noted of a refresh, the releases. Knows nothing of care."""
