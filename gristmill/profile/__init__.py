"""The visual profile of a result: counts, distributions and top values per column (platform 8)."""
