"""Landing to judged records: scanning, reading, judging submissions; loading reference tables."""
