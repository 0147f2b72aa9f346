"""Explore: one picture, and everything that moves it.

`explore_workspace` lays out, `sections/` has one file for each section of the inspector, `shelf` is the filmstrip.
"""
