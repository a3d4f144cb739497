"""Where vectors live: the store contract and its embedded implementation. Sole importer of Qdrant."""
