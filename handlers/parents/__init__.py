"""The parent's side of the counter."""
