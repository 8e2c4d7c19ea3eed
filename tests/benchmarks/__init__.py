"""What the core costs, beside Agno and beside plain sqlite3. Run by hand, not in CI."""
