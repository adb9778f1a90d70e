"""A terminal's history: years of moves and positions in Parquet, a partition a day, asked with DuckDB."""
