"""What retrieval, an adapter or both cost and bring: models of a decision; it asks no question and trains nothing."""
