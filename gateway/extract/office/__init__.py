"""What the office formats share: hardened XML, packages, fields, external targets, macros, OLE objects."""
