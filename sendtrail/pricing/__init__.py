"""What Google bills a month: unit prices as data, the statements and documents of accounts, and their sum."""
