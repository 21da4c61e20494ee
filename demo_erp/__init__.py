"""A small ERP for demonstrations and tests: it speaks docs/erp-contract.md over HTTP and shares no code with
the CRM.
"""
