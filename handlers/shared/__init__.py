"""What parents' steps, staff's steps and the clock all use."""
