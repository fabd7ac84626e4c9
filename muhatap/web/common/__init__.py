"""What every page shares: the shell, components, styles, browser modules, and how times and money are written.

It owns no table and no act. It does not own what an area says: words and data of a page stay in its area.
"""
