"""Diagnose: what a generator lost, repeats and copies, measured in a process of its own and shown linked."""
