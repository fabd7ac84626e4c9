"""Arithmetic over many rows: tables in, a table out, the same on DuckDB and on a Spark cluster. Pure: Ibis expressions alone.

Owns: the announced shapes of what is measured (`tables`) and the definitions of measures. Does not own: where rows come from and
where results go (insight), and what a result means to somebody (web).
"""
