"""What an editor asks of a recipe: plain functions of its text, a place in it, and the data beside it."""
