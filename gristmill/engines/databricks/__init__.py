"""Databricks: what a run asks of a cluster there (platform 7)."""
