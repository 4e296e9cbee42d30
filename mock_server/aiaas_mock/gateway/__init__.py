"""What every request passes: authentication, scopes, records."""
