"""What can be trained: one system, one file. A system owns its networks, its optimisers and what one step does."""
