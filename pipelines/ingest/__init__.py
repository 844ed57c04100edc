"""Landing to validated records: scanning, reading, validating submissions; loading reference tables."""
