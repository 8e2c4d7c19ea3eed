"""What the transcript costs, beside a plain-text view. Run by hand, not in CI."""
