"""Database tables: reading them into files, and loading results into them (platform 3.8, 4.8)."""
