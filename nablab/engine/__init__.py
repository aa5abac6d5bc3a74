"""Every formula of the book, once, in NumPy."""
