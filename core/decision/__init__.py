"""The decision between retrieval, an adapter and both: asked, scored by one table, recommended, voted on, reported."""
