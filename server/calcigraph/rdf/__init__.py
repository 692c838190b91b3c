"""RDF as values: terms as people write them, Turtle as files hold it, graphs as bytes and as a hash."""
