"""Passes: pure functions from plan to plan, one module each."""
