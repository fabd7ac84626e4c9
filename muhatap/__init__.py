"""Muhatap: the place where a company and its customers meet."""

__version__ = "0.1.0"
