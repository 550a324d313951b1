"""The record of who did what, reports over it, and the tokens of programs."""
