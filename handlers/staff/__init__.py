"""What is said to staff."""
