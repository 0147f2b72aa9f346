"""Reusable controls: data in by setters, changes out by signals.

They know nothing of recipes, models or renderers, and setting a value never reports a change.
`changing` follows a hand that is still moving, `changed` comes once when it is done.
"""
