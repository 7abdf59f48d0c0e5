"""What pip is told by configuration files, and where it puts its results.

Source: https://pip.pypa.io/en/stable/topics/configuration/
"""

from __future__ import annotations

from collections.abc import Iterator

from copylast import InstallRequest
from copylast_rules.readers.gathering import OVERLAY, SETTINGS, SURROUNDINGS, Gathering
from copylast_rules.readers.places import join, within

_LISTS = {
    "requirement": "--requirement",
    "constraint": "--constraint",
    "build-constraint": "--build-constraint",
    "editable": "--editable",
    "find-links": "--find-links",
}
_OUTPUT = ("-t", "--target", "--prefix", "--root")


def configured(request: InstallRequest, g: Gathering) -> Iterator[tuple[str, str, str]]:
    """Options that configuration files give: option, value, why. The files themselves are needs."""
    environment = request.environment
    named = environment.get("PIP_CONFIG_FILE")
    if named is None and "PIP_CONFIG_FILE" in environment or "$" in (named or ""):
        g.refuse(SURROUNDINGS, "the value of PIP_CONFIG_FILE is not known")
    home = environment.get("HOME") or "/root"
    settings = environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
    places = ["/etc/pip.conf", "/etc/xdg/pip/pip.conf"]
    if named and g.is_file(join(request.cwd, named)):
        places.append(join(request.cwd, named))  # then the user's own is not looked for
    elif named != "/dev/null":
        places += [f"{home}/.pip/pip.conf", f"{settings}/pip/pip.conf"]
    places += [
        f"{p}/pip.conf" for p in (environment.get("VIRTUAL_ENV"), "/usr/local", "/usr", "/opt/venv") if p
    ]
    for path in places:
        if not path.startswith(("/", "?")) or not g.need_if_there(path, "pip's configuration"):
            continue
        text = g.text(path, SETTINGS)
        if text is not None:
            yield from _options(text, path, g)


def _options(text: str, path: str, g: Gathering) -> Iterator[tuple[str, str, str]]:
    from configparser import Error, RawConfigParser

    parser = RawConfigParser()
    try:
        parser.read_string(text)
    except Error:
        g.refuse(SETTINGS, f"{path} cannot be read", path)
        return
    for section in ("global", "install", "wheel", "download"):
        for key, value in parser.items(section) if parser.has_section(section) else ():
            option = _LISTS.get(key.replace("_", "-"))
            for word in value.split() if option else ():
                yield option or "", word, f"{key} in {path}"
            if key in ("target", "prefix", "root"):
                g.refuse(SETTINGS, f"{path} says where packages go ({key})", path)


def output_directories(request: InstallRequest, g: Gathering) -> None:
    """Directories inside the project into which the command installs."""
    match, environment = request.match, request.environment
    for option in _OUTPUT:
        for value in match.options.get(option, ()):
            _output(g, option, value)
    for variable in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        if variable in environment:
            _output(g, variable, environment[variable] or "$")
    if "--user" in match.options or environment.get("PIP_USER"):
        # https://docs.python.org/3/library/site.html#site.USER_BASE
        home = environment.get("HOME")
        base = environment.get("PYTHONUSERBASE") or (f"{home}/.local" if home else None)
        if "PYTHONUSERBASE" in environment and not environment["PYTHONUSERBASE"]:
            g.refuse(SURROUNDINGS, "the value of PYTHONUSERBASE is not known")
        elif base:
            g.writes(join(request.cwd, base))
    for command, options in (("wheel", ("-w", "--wheel-dir")), ("download", ("-d", "--dest"))):
        if match.subcommand[:1] != (command,):
            continue
        values = [v for o in options for v in match.options.get(o, ())]
        variable = "PIP_WHEEL_DIR" if command == "wheel" else "PIP_DEST"
        if not values and environment.get(variable):
            values = [environment[variable] or ""]
        if not values:
            g.refuse(
                OVERLAY, f"pip {command} puts its files among the source; name a directory with {options[0]}"
            )
        for value in values[-1:]:
            _output(g, options[0], value)
    place = environment.get("VIRTUAL_ENV")
    if place and place != request.cwd and within(place, request.cwd):
        g.writes(place)


def _output(g: Gathering, option: str, value: str) -> None:
    if "$" in value or "`" in value or not value:
        g.refuse(SURROUNDINGS, f"the directory of {option} is not known")
    else:
        g.output(option, value)
