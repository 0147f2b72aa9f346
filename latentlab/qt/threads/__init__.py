"""Work away from the window's own thread. Threads take and give frozen values and pictures, never widgets.

Here belong the threads and what they are fed with. What a finished piece of work means for the window does not.
"""
