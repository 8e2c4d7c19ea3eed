"""Random keys over a live app: it stays alive, and nothing typed is lost."""
