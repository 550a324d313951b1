"""Where a value stands: lines, cells, columns and headings of tables and of texts that are laid out as tables."""
