"""The OpenAPI document and the server held against each other by generated requests."""
