"""What people do with each kind of thing, by person: a desk checks the right, does it, and has it noted."""
