"""Files to models: recognises a file, reports what it is, then builds. Nothing from a file is executed."""
