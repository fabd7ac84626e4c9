"""Pages of imports and of the export of everything."""
