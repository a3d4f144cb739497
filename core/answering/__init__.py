"""ask(): the order of the steps from a question to an answer with its trace."""
