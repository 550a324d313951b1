"""Workbooks, of all generations: records, formula tokens, macro sheets, and what stands beside the cells."""
