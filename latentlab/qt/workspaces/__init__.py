"""The rooms of the window, one folder each. `registry` lists them; the rail shows what is listed.

A workspace fills the space between rail, top bar and status line. Nothing here knows another workspace.
"""
