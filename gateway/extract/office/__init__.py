"""Office documents of all generations, and what their readers share: hardened XML, packages, fields, targets, macros, objects."""
