"""Records: delimited, structured, database files."""
