"""Speed beside its floor: what the same machine can do at best, measured in the same minutes."""
