"""How good retrieval and answers are: measures over spans and ranks. It runs nothing and stores nothing."""
