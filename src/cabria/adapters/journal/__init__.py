"""The journal that survives, in SQLite or PostgreSQL: append-only, hash-chained, acknowledged when it is durable."""
