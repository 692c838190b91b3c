"""The triples of anonymous expressions in, what they say in Manchester syntax out.

- `expression` is the value: words of the syntax and terms, in order;
- `reader` makes it of triples; `restrictions` and `axioms` are what it knows of theirs; `reading` bounds it;
- `page_reading` bounds all that is read for one page;
- `text` writes it as one line.

See https://www.w3.org/TR/owl2-manchester-syntax/, and https://www.w3.org/TR/owl2-mapping-to-rdf/ for the
triples.
"""

from calcigraph.manchester.axioms import STATEMENT_PARTS
from calcigraph.manchester.expression import Expression, Piece
from calcigraph.manchester.page_reading import for_one_page
from calcigraph.manchester.reader import ExpressionReader, is_part
from calcigraph.manchester.text import as_text, show_node

__all__ = [
    "STATEMENT_PARTS",
    "Expression",
    "ExpressionReader",
    "Piece",
    "as_text",
    "for_one_page",
    "is_part",
    "show_node",
]
