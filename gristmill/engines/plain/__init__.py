"""Recipes for engines without Gristmill: SQL and Python that stand alone."""
