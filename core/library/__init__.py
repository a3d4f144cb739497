"""Files in: what a file is, its text with a page map, originals and versions."""
