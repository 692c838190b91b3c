"""A Problem in, its problem document (RFC 9457) out, with its status and header fields.

The one place that knows which problem has which status. What is not in the table is a bug, and
answered with 500 and no word about the inside.
"""

from __future__ import annotations

import json
from typing import Any

from calcigraph import deadline, describe, errors, evaluated_apart, explanations, root
from calcigraph.edition import change, writer, writer_problems
from calcigraph.engine import engine_problems
from calcigraph.federation import service_problems
from calcigraph.pool import query_problems
from calcigraph.rdf import diagnosis, formats, iris, malformed, prefixes, rdf_xml_source, reading, terms
from calcigraph.rdf.vocabulary import SRV
from calcigraph.reasoning import LimitMet, RuleRefused, StepWrong
from calcigraph.store import document_problems, sitemap_content
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.negotiation import HTML, Offer, choose
from calcigraph.web.protocol.request_problems import (
    AddressTooLong,
    AnswerTooLong,
    BodyTooLarge,
    CodingUnknown,
    ConditionFailed,
    ExpectationUnknown,
    FrontBusy,
    HeadTooLarge,
    MediaTypeUnsupported,
    MethodUnknown,
    NothingAcceptable,
    NotReady,
    RangeUnsatisfiable,
    RequestMalformed,
    RequestTimedOut,
    ResourceRemoved,
    ResourceUnknown,
    Unexpected,
    VersionUnknown,
    VersionUnsupported,
)

PROBLEM_JSON = Offer("application/problem+json", "problem", ("application/json",))
# The header fields of every response with a problem.
COMMON = (("Cache-Control", "no-store"), ("Vary", "Accept"))


STATUS: dict[type[errors.Problem], int] = {
    RequestMalformed: 400,
    query_problems.QueryMalformed: 400,
    query_problems.QueryRefused: 400,
    query_problems.UpdateForbidden: 400,
    prefixes.PrefixUnknown: 400,
    iris.IriMalformed: 400,
    diagnosis.DocumentMalformed: 400,
    diagnosis.NotUtf8: 400,
    rdf_xml_source.XmlRefused: 400,
    terms.TermMalformed: 400,
    formats.FormatUnknown: 400,
    malformed.TurtleMalformed: 400,
    malformed.NamespaceTooLong: 400,
    reading.FileMalformed: 400,
    errors.InputUnreadable: 400,
    engine_problems.SearchMalformed: 400,
    engine_problems.SearchTooBroad: 400,
    engine_problems.ServiceUndetermined: 400,
    engine_problems.RewritingTooLong: 400,
    engine_problems.CorrectionRefused: 400,
    query_problems.ServiceForbidden: 403,
    service_problems.ServiceRefused: 403,
    ResourceUnknown: 404,
    explanations.NothingToExplain: 404,
    explanations.ProofTooLarge: 406,
    describe.DescriptionTooLong: 406,
    VersionUnknown: 404,
    query_problems.NotAcceptable: 406,
    NothingAcceptable: 406,
    AnswerTooLong: 406,
    formats.FormatUnfit: 406,
    RequestTimedOut: 408,
    ResourceRemoved: 410,
    ConditionFailed: 412,
    BodyTooLarge: 413,
    AddressTooLong: 414,
    MediaTypeUnsupported: 415,
    RangeUnsatisfiable: 416,
    ExpectationUnknown: 417,
    query_problems.QueueFull: 429,
    HeadTooLarge: 431,
    Unexpected: 500,
    query_problems.QueryFailed: 500,
    errors.Problem: 500,
    errors.EnvironmentProblem: 500,
    errors.RootInvalid: 500,
    errors.SettingRefused: 500,
    evaluated_apart.EvaluationStopped: 500,
    root.RootMissing: 500,
    root.RootChanged: 500,
    prefixes.PrefixesConflict: 500,
    LimitMet: 500,
    RuleRefused: 500,
    StepWrong: 500,
    query_problems.DiffUnreadable: 500,
    service_problems.AllowListMalformed: 500,
    engine_problems.SearchUnavailable: 501,
    MethodUnknown: 501,
    CodingUnknown: 501,
    engine_problems.ServiceAnswerUnusable: 502,
    service_problems.ServiceFailed: 502,
    change.ChangeRefused: 409,
    sitemap_content.NoSuchSitemap: 404,
    document_problems.DocumentsBusy: 503,
    document_problems.DocumentTimedOut: 503,
    document_problems.DocumentTooBig: 503,
    document_problems.DocumentLost: 503,
    deadline.LookUpsTimedOut: 503,
    # The client has left.
    deadline.LookUpsAbandoned: 503,
    document_problems.ReaderGone: 503,
    # RFC 4918, section 11.5.
    document_problems.NoRoomForDocument: 507,
    writer.EditionPassed: 503,
    writer_problems.WriterUnavailable: 503,
    writer_problems.WriterBusy: 503,
    query_problems.QueryTimedOut: 503,
    query_problems.QueryTooBig: 503,
    query_problems.EngineUnavailable: 503,
    service_problems.ServicesBusy: 503,
    FrontBusy: 503,
    NotReady: 503,
    # The client has left.
    query_problems.ClientGone: 503,
    service_problems.ServiceTimedOut: 504,
    VersionUnsupported: 505,
}


def status_of(problem: errors.Problem) -> int:
    """The status of a problem: that of its nearest class in the table."""
    return next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)


def type_of(problem: errors.Problem) -> str:
    """The IRI that names the kind of the problem (RFC 9457 section 3.1.1)."""
    return SRV[type(problem).__name__].value


def document(problem: errors.Problem) -> dict[str, Any]:
    """The members of the problem document; a member that does not apply is left out."""
    members: dict[str, Any] = {
        "type": type_of(problem),
        "title": problem.title,
        "status": status_of(problem),
        "detail": problem.detail,
        "hint": problem.remedy,
    }
    if problem.place is not None:
        members |= {"line": problem.place.line, "column": problem.place.column}
    if isinstance(problem, ResourceUnknown):
        members["nearest"] = [{"label": label, "link": link} for label, link in problem.nearest]
    if isinstance(problem, ResourceRemoved):
        members["instead"] = [{"label": label, "link": link} for label, link in problem.instead]
    return {name: value for name, value in members.items() if value not in (0, [], "")}


def headers_of(problem: errors.Problem) -> list[tuple[str, str]]:
    """The header fields of a response with this problem, besides its type and length."""
    headers = list(COMMON)
    if isinstance(problem, ResourceRemoved):
        # RFC 5829, section 3.3.
        headers += [("Link", f'<{link}>; rel="successor-version"') for _, link in problem.instead]
    retry_after = getattr(problem, "retry_after_s", None)
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    return headers


def offer(accept: str | None) -> Offer:
    """The format of a problem for this client: a page for a browser, else a problem document.

    Where the client accepts neither form it gets the document all the same: RFC 9110 section 12.5.1 lets a
    server disregard `Accept`, and a reason helps more than none.
    """
    return choose(accept, (PROBLEM_JSON, HTML)) or PROBLEM_JSON


def written(members: dict[str, Any]) -> str:
    """The problem document as text."""
    return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def response(problem: errors.Problem, version: str, route: str = "") -> HttpResponse:
    """The response with the problem document."""
    named = [(name.lower().encode(), value.encode()) for name, value in headers_of(problem)]
    fields = [(b"content-type", PROBLEM_JSON.content_type.encode()), *named]
    content = written(document(problem)).encode()
    return HttpResponse(status_of(problem), fields, content, version, route)
