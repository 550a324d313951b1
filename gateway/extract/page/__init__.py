"""HTML and SVG pages."""
