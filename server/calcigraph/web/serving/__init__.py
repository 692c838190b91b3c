"""Connections in, responses out, in one event loop; what needs a thread is answered by Flask."""
