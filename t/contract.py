"""contract.py - does an answer keep what docs/openapi.yaml promises?

check(method, path, answer) raises ContractError. Unknown members are wrong
here, although clients must ignore them: what we say must be described.
"""

import functools
import json
import os

import jsonschema
import yaml

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPENAPI = os.path.join(TOP, "docs", "openapi.yaml")
PREFIX = "/api/v1"

# What an event of a type carries; the first word of the type, or all of it.
EVENT_DATA = {
    "call": "Call", "transfer": "Transfer", "parking": "ParkingData",
    "session.opened": "Session", "session.closed": "IdGone",
    "presence.im_changed": "ImData", "presence.set_changed": "SetData",
    "presence.external_changed": "ExternalPresence",
    "presence": "PresenceData",
    "token.added": "TokenData", "token.removed": "IdGone",
    "registration": "RegistrationData",
    "user.changed": "UserData", "user.removed": "NamedGone",
    "device.changed": "DeviceData", "device.removed": "IdGone",
    "settings.changed": "Settings", "visibility.changed": "VisibilityData",
    "group.changed": "Group", "group.removed": "NamedGone",
    "operation.failed": "Problem", "watch.changed": "WatchChange",
    "profile.changed": "Profile", "profile.removed": "IdGone",
    "profile.selected": "ProfileSelected", "contact.changed": "Contact",
    "contact.removed": "ContactGone",
}


class ContractError(AssertionError):
    """The answer is not what docs/openapi.yaml says."""


def close(node):
    """Let no object have members that are not described."""
    if isinstance(node, dict):
        if "properties" in node and node.get("type") != "null":
            node.setdefault("additionalProperties", False)
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


@functools.lru_cache(None)
def description():
    with open(OPENAPI, encoding="utf-8") as file:
        return yaml.safe_load(file)


@functools.lru_cache(None)
def strict():
    copy = json.loads(json.dumps(description()))
    close(copy["components"]["schemas"])
    # its shape is checked by the type, not by whatever fits
    copy["components"]["schemas"]["Event"]["properties"]["data"] = {}
    return copy


@functools.lru_cache(None)
def validator(pointer):
    return jsonschema.Draft202012Validator(
        {"$ref": pointer}, resolver=jsonschema.RefResolver("", strict()))


def check_schema(name, value):
    """Validate a value against a schema of the components."""
    errors = sorted(validator("#/components/schemas/" + name)
                    .iter_errors(value), key=lambda e: list(e.path))
    if errors:
        raise ContractError("\n".join(
            f"{name} /{'/'.join(map(str, e.absolute_path))}: {e.message}"
            for e in errors) + f"\nin {json.dumps(value)[:2000]}")


def check_event(event):
    """An event, with the data that its type promises."""
    check_schema("Event", event)
    kind = event["type"]
    check_schema(EVENT_DATA.get(kind) or EVENT_DATA[kind.split(".")[0]],
                 event["data"])


def find_path(path):
    """The description's path of a request's path, or None."""
    parts = path[len(PREFIX):].split("?")[0].split("/")
    paths = description()["paths"]
    for template in sorted(paths, key=lambda t: "{" in t):
        if "servers" in paths[template]:
            continue	# beside the API
        wanted = template.split("/")
        if len(wanted) == len(parts) and all(
                w == p or w.startswith("{") for w, p in zip(wanted, parts)):
            return template
    return None


def resolve(node):
    while "$ref" in node:
        target = strict()
        for part in node["$ref"][2:].split("/"):
            target = target[part]
        node = target
    return node


def expected(method, path, status):
    """The response object, None where only the problem's shape is known."""
    template = find_path(path)
    verbs = strict()["paths"].get(template, {})
    verb = verbs.get("get" if method == "HEAD" else method.lower())
    if template is None or verb is None:
        if status not in (400, 404, 405, 413, 503):
            raise ContractError(f"{method} {path}: {status} is not described")
        return None
    if str(status) not in verb["responses"]:
        raise ContractError(f"{method} {template}: {status} is not described")
    return resolve(verb["responses"][str(status)])


def check(method, path, status, headers, body):
    """Validate an answer; body as bytes. @return it as JSON, or None"""
    if not headers.get("X-Request-Id"):
        raise ContractError(f"{method} {path}: X-Request-Id is missing")
    if status in (429, 503) and int(headers.get("Retry-After", "0")) < 1:
        raise ContractError(f"{method} {path}: Retry-After is missing")
    response = expected(method, path, status)
    if method == "HEAD" or status in (204, 304):
        if body:
            raise ContractError(f"{method} {path}: a body where none belongs")
        return None
    kind = (headers.get("Content-Type") or "").split(";")[0]
    if response and kind != "application/problem+json" and not \
            kind.endswith("json") and kind in response["content"]:
        return None
    value = json.loads(body)
    if status >= 400:
        if kind != "application/problem+json":
            raise ContractError(f"{method} {path}: {status} is {kind}")
        check_schema("Problem", value)
        if value["status"] != status:
            raise ContractError(f"{value['status']} in a {status}")
        return value
    if kind not in response["content"]:
        raise ContractError(f"{method} {path}: {kind} is not described")
    schema = response["content"][kind]["schema"]
    if "$ref" in schema:
        check_schema(schema["$ref"].rsplit("/", 1)[1], value)
    for event in value.get("events", []) if isinstance(value, dict) else []:
        check_event(event)
    return value
