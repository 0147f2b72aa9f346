"""Curves over steps that stay quick with millions of points: data, what a view shows of them, and the plot."""
