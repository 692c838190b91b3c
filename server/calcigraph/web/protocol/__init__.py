"""What every answer owes HTTP: negotiation, bodies, caching, streaming, problem documents."""
