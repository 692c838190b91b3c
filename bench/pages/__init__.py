"""How long pages take: in the server, and until a browser first paints them."""
