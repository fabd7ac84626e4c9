"""A year of visits straight into the lake, and the reports over it: ours, and the same by hand."""
