"""Faults: what is promised is shown by breaking things (`make faults`)."""
