"""What each command says and leaves behind."""
