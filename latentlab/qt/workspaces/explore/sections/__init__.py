"""The inspector's sections. Each edits its own part of the recipe, keeps no copy of it, and knows no other."""
