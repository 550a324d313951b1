"""Disk images and the file systems in them."""
