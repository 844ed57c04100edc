"""What holds of the checks on the way out."""
