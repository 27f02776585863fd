"""The office's rules: plain functions of plain values, without a database and without a clock."""
