"""What is true: rules, tables, and the questions and changes the office knows."""
