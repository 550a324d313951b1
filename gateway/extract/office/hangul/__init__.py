"""Documents of the Korean word processor."""
