"""What a person does with one model and keeps: history, favourites, snapshots, locks; saved without being asked.

No widgets. Here belong the values, how they are written to disk and found again.
"""
