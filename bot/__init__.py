"""What runs: channels, turns, outbox, jobs, pages, sandbox and the command line."""

__version__ = "0.1.0"
