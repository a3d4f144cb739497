"""The laboratory: what people do with question sets, runs, sweeps, embedders and maps, one part each."""
