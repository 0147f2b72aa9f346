"""What stands between the widgets and the threads: opening, rendering, keeping. No widget is known here.

`Studio` wires the parts. The main window shows what they say and passes on what a person does.
"""
