"""From text columns to typed records, each accepted or set aside by a rule."""
