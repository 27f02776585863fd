"""What is said: the steps of the conversation and the table that leads to them."""
