"""Reading pickles without running them: a machine that builds plain values, and what those values mean."""
