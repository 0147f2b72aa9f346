"""How LatentLab looks: colours, type, icons, number formats, motion. No widget and no application logic."""
