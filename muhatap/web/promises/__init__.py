"""What we promised to whom: the list, one promise and how it ended, making one by hand, the customer card's part, the report."""
