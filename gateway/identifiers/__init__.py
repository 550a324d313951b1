"""Identifiers of persons, companies and accounts: what is a valid one. Pure functions on compact text."""
