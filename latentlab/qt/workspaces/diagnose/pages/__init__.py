"""The pages of Diagnose: each lays out panes, fills them from a view, and passes choices on."""
