"""From rows to records: what a chunk of rows would do, doing it, and undoing it."""
