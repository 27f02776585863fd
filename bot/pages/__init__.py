"""Pages that parents open: the form, the join link, the terms, the calendar file."""
