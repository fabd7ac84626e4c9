"""Pages of sales: orders, carts that were left, what a customer bought, and the shops that tell of it."""
