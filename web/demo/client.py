"""A program that uses the API for one person: bearer token in, JSON out, refusals as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from workflow.errors import Conflict, Unavailable

SECONDS = 30.0


class Program:
    """The API as one account sees it.

    Each method raises Conflict with the API's own sentence where the answer is a problem, and
    Unavailable where there is none.
    """

    def __init__(
        self, base_url: str, who: str, token: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.who = who
        self._http = httpx.Client(
            base_url=f"{base_url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=SECONDS,
            transport=transport,
        )

    def close(self) -> None:
        """Ends the connection."""
        self._http.close()

    def get(self, path: str, /, **query: Any) -> Any:
        """The JSON at `path`."""
        return self._ask("GET", path, params=query).json()

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON that answers a POST, PUT or PATCH of `body` as JSON."""
        answer = self._ask(method, path, **({"json": body} if body is not None else {}), **more)
        return answer.json() if answer.content else None

    def upload(self, path: str, name: str, data: bytes, kind: str, /, **fields: str) -> Any:
        """The JSON that answers a form with a file."""
        return self._ask("POST", path, files={"file": (name, data, kind)}, data=fields).json()

    def download(self, path: str) -> bytes:
        """The bytes at `path`."""
        return self._ask("GET", path).content

    def items(self, path: str, /, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        after: Mapping[str, Any] = {}
        while True:
            page = self.get(path, **query, **after)
            yield from page["items"]
            if page.get("next") is None:
                return
            after = {"after": page["next"]}

    def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **how)
        except httpx.HTTPError as error:
            raise Unavailable(
                "demo-away",
                "The service did not answer %(method)s %(path)s: %(why)s.",
                method=method,
                path=path,
                why=error,
            ) from error
        if answer.is_error:
            raise Conflict(
                "demo-refused",
                "%(who)s was refused at %(method)s %(path)s (%(status)s): %(detail)s",
                who=self.who,
                method=method,
                path=path,
                status=answer.status_code,
                detail=_detail(answer),
            )
        return answer


def _detail(answer: httpx.Response) -> str:
    """The sentences of a problem; the beginning of the answer where it is none."""
    try:
        problem = answer.json()
    except ValueError:
        return answer.text[:300]
    more = [str(one.get("detail", "")) for one in problem.get("errors", [])]
    return " ".join([str(problem.get("detail", "")), *more]).strip()
