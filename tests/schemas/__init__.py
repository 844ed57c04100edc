"""What holds of the schemas."""
