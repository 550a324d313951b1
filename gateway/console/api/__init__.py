"""The REST interface for programs: custody's verbs by token, one table for dispatch, checks and the OpenAPI document."""
