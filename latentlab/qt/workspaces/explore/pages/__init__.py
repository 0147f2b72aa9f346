"""What can stand in the picture's place: the gallery of seeds, and breeding. Each edits through the session."""
