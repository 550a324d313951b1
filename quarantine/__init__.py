"""Custody of held mail: a Django app that knows only `gateway.model` of the gateway."""
