"""HTTP for all routes: negotiation, bodies, caching, streaming, problem documents."""
