"""Scanners outside of the cell that get whole messages: clamd and ICAP services, each with its limits and its fail policy."""
