"""Workbooks and the tables that a spreadsheet opens."""
