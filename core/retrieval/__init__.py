"""A question becomes ranked hits: search, fuse, cut. Access is the store's work, inside the query."""
