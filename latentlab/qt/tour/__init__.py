"""The first-run tour: three minutes through the real window, skippable, started again from the help menu.

Belongs here: its steps (`steps`), what draws them (`callout`) and what leads through them (`tour`).
"""
