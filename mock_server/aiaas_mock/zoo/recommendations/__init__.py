"""How recommenders are made and measured: ours, and those of a tenant's own events."""
