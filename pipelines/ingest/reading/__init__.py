"""From a file as an agency sends it to text columns with row numbers."""
