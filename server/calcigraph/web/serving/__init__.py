"""Connections in, answers out, in one event loop; what takes a thread goes to Flask."""
