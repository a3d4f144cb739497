"""The right to be forgotten beyond one document: a person, or what one user asked; and what expires by itself."""
