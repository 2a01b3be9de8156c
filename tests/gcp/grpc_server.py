"""A gRPC server of some methods, which answer with what they are given or fail."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method by its full name, how its request is read, and what answers it."""

    service: str
    name: str
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    answer: Callable[[Any, Any], Any]


@contextmanager
def serving(*methods: Method) -> Iterator[grpc.Channel]:
    """Serve on loopback, and give a channel to it."""
    server = grpc.server(ThreadPoolExecutor(4))
    for method in methods:
        handler = grpc.unary_unary_rpc_method_handler(
            method.answer, request_deserializer=method.read, response_serializer=method.write
        )
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(method.service, {method.name: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None)
