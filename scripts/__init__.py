"""Commands for those who work on Touchstone."""
