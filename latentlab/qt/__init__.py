"""The desktop application. The only room that imports Qt."""
