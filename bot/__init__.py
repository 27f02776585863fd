"""What runs: channels, turns, outbox, jobs, pages, sandbox and the command line."""
