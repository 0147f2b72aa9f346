"""The measures in the order in which they are taken, each a stage that adds figures and arrays to a result."""
