"""Regular expressions as XPath has them (XPath and XQuery Functions and Operators 3.1, section 5.6.1) in,
the same ones for the engine's library or for Python's out.

SPARQL 1.1 (sections 17.4.3.14 and 17.4.3.15) takes them from there. The engine reads another dialect: of what
both read, some means something else, as `[a-z-[aeiou]]`.
"""
