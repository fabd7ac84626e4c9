"""Pages of contacts and companies: lists, the customer page, merging."""
