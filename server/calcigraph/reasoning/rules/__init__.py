"""The W3C's rules and a schema in; the compiled rules of that schema out."""
