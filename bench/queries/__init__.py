"""SPARQL over HTTP: this server beside its peers."""
