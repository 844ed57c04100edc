"""Publishing: an immutable version, its description, and its independent verification."""
