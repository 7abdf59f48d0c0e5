"""Who fetches the lists of packages, who uses them, and what may change them."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.layers.lists import lists_source, stale_use, stirs, uses
from copylast.layers.model import LayerModel


def model_of(text: str) -> LayerModel:
    return lint(Source(f"FROM debian:12\n{text}\n"), MemoryContext({"a": ""}))[0]


@pytest.mark.parametrize(
    ("run", "stale"),
    [
        ("apt-get install -y curl", True),
        ("apt install -y curl", True),
        ("apt-get -y upgrade", True),
        ("if true; then apt-get install -y curl; fi", True),
        ("cp /a /b && apt-get install -y curl", True),
        ("apt-get update && apt-get install -y curl", False),
        ("apt-get $WHAT && apt-get install -y curl", False),
        ("add-apt-repository ppa:a/b && apt-get install -y curl", False),
        ("./setup.sh && apt-get install -y curl", False),
        ("curl https://example.org/setup | bash - && apt-get install -y curl", False),
        ("apt-get install -y curl || (apt-get update && apt-get install -y curl)", False),
        ("apt-get install -y ./curl.deb", False),
        ("apt-get remove -y curl", False),
    ],
)
def test_what_installs_from_lists_of_earlier_steps(run: str, stale: bool) -> None:
    model = model_of(f"RUN apt-get update\nRUN {run}")
    assert (stale_use(model, model.stages[0].steps[-1]) is not None) == stale


@pytest.mark.parametrize(
    ("between", "found"),
    [
        ("RUN echo a", True),
        ("RUN rm -rf /tmp/*", True),
        ("RUN rm -rf /var/lib/apt/lists/*", False),
        ("RUN rm -rf /var/lib/apt/lists", False),
        ("RUN rm -rf /var/lib/apt/lists/* /tmp/*", False),
        ("RUN rm -rf /var/lib/{apt,dpkg}", False),
        ("RUN rm -rf /var/lib/apt", False),
        ("RUN apt-get clean", True),
        ("RUN apt-get distclean", False),
    ],
)
def test_where_lists_come_from(between: str, found: bool) -> None:
    model = model_of(f"RUN apt-get update\n{between}\nRUN apt-get install -y curl")
    step = model.stages[0].steps[-1]
    lists = uses(model.facts(step)[0])
    assert lists is not None
    source = lists_source(model, step, lists)
    assert (source is not None and source.step is model.stages[0].steps[0]) == found


def test_lists_in_a_cache_mount_are_no_part_of_the_image() -> None:
    mount = "--mount=type=cache,target=/var/lib/apt"
    for first, second, found in ((mount, "", False), ("", mount, False), (mount, mount, True)):
        model = model_of(f"RUN {first} apt-get update\nRUN {second} apt-get install -y curl")
        step = model.stages[0].steps[-1]
        lists = uses(model.facts(step)[0])
        assert lists is not None
        assert (lists_source(model, step, lists) is not None) == found


@pytest.mark.parametrize(
    ("step", "changed"),
    [
        ("COPY a /app/", False),
        ("COPY a /etc/nginx/", False),
        ("COPY a /etc/apt/sources.list.d/", True),
        ("COPY a /etc/", True),
        ("COPY a $WHERE/", True),
        ("ENV A=1", False),
        ("RUN npm install -g pnpm", False),
        ("RUN apt-get install -y gcc", False),
        ("RUN apt-get purge -y gcc", False),
        ("RUN dpkg -i /a.deb", True),
        ("RUN apt-key adv --keyserver k --recv-keys X", True),
        ("RUN echo deb > /etc/apt/sources.list.d/a.list", True),
        ("RUN sed -i s/a/b/ /etc/apt/sources.list", True),
        ("RUN sed -i s/a/b/ /etc/passwd", False),
        ("RUN cd /etc/apt && sed -i s/a/b/ sources.list", True),
        ("RUN curl https://example.org | tee $LIST", True),
        ("RUN ./setup.sh", True),
        ("RUN echo a", False),
    ],
)
def test_what_may_change_which_packages_there_are(step: str, changed: bool) -> None:
    model = model_of(f"WORKDIR /srv\n{step}\nRUN apt-get install -y curl")
    lists = uses(model.facts(model.stages[0].steps[-1])[0])
    assert lists is not None
    assert stirs(model, model.stages[0].steps[1], lists) == changed
