"""The command line: the one room that wires everything."""
