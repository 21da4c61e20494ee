"""The ERP dialects the CRM speaks, by the kind stored on a connection."""
