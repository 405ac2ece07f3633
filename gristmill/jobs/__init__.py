"""Runs as durable rows: what a run consists of, who does it, and what happens when somebody dies in the middle."""
