"""The generic contract of docs/erp-contract.md."""
