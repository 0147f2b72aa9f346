"""Recipe to picture: stage caches, previews, devices and engines. No Qt."""
