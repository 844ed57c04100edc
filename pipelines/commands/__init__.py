"""The command line: arguments, words, exit codes."""
