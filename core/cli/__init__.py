"""`python -m core …`, one module a group of commands; it decides nothing that the desks do not."""
