"""The API: a table of endpoints, from which routes and the OpenAPI document are made."""
