"""Mix: pictures crossed with pictures, layer by layer; and two models mixed into one.

`arrangement` knows what is to be drawn and has it drawn; the rest shows it. Nothing here knows another workspace.
"""
