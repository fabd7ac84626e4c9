"""What developers run: never imported by the product."""
