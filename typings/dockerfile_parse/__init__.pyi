from typing import BinaryIO

class DockerfileParser:
    def __init__(
        self,
        path: str | None = None,
        cache_content: bool = False,
        env_replace: bool = True,
        parent_env: dict[str, str] | None = None,
        fileobj: BinaryIO | None = None,
        build_args: dict[str, str] | None = None,
    ) -> None: ...
    @property
    def lines(self) -> list[str]: ...
    @lines.setter
    def lines(self, lines: list[str]) -> None: ...
    @property
    def structure(self) -> list[dict[str, str | int]]: ...
