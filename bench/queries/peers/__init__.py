"""The table of peers: each a name, what would bring it, and how it is started with data."""

from bench.queries.peers import ours, oxigraph, rdflib_endpoint, virtuoso
from bench.queries.peers.peer import Peer, Server

PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (ours.PEER, oxigraph.MEMORY, oxigraph.DISK, rdflib_endpoint.PEER, virtuoso.PEER)
}

__all__ = ["PEERS", "Peer", "Server"]
