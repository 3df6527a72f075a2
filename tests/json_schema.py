"""As much of JSON Schema (draft 2020-12) as docs/report.schema.json uses.

    problems = json_schema.problems(value, schema)

A keyword that is not known here is an error, so that no part of a schema goes unchecked.
"""

import re

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
NOTES = {"$schema", "$id", "$defs", "title", "description"}


def _is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def _equal(one, other):
    return type(one) is type(other) and one == other


class _Check:
    def __init__(self, root):
        self.root = root
        self.found = []

    def check(self, value, schema, where):
        for keyword, wanted in schema.items():
            if keyword in NOTES:
                continue
            method = getattr(self, "_" + keyword.replace("$", ""), None)
            if method is None:
                raise NotImplementedError(f"{keyword} is not known here")
            method(value, wanted, where, schema)

    def _say(self, where, text):
        self.found.append(f"{where}: {text}")

    def _ref(self, value, wanted, where, _):
        target = self.root
        for part in wanted.removeprefix("#/").split("/"):
            target = target[part]
        self.check(value, target, where)

    def _type(self, value, wanted, where, _):
        names = wanted if isinstance(wanted, list) else [wanted]
        if not any(_is_type(value, name) for name in names):
            self._say(where, f"{value!r} is not of type {wanted}")

    def _const(self, value, wanted, where, _):
        if not _equal(value, wanted):
            self._say(where, f"{value!r} is not {wanted!r}")

    def _enum(self, value, wanted, where, _):
        if not any(_equal(value, one) for one in wanted):
            self._say(where, f"{value!r} is none of {wanted}")

    def _pattern(self, value, wanted, where, _):
        if isinstance(value, str) and not re.search(wanted, value):
            self._say(where, f"{value!r} does not match {wanted}")

    def _minimum(self, value, wanted, where, _):
        if _is_type(value, "integer") and value < wanted:
            self._say(where, f"{value} is below {wanted}")

    def _maximum(self, value, wanted, where, _):
        if _is_type(value, "integer") and value > wanted:
            self._say(where, f"{value} is above {wanted}")

    def _maxItems(self, value, wanted, where, _):
        if isinstance(value, list) and len(value) > wanted:
            self._say(where, f"{len(value)} items are more than {wanted}")

    def _items(self, value, wanted, where, _):
        if isinstance(value, list):
            for i, one in enumerate(value):
                self.check(one, wanted, f"{where}[{i}]")

    def _required(self, value, wanted, where, _):
        if isinstance(value, dict):
            for name in wanted:
                if name not in value:
                    self._say(where, f"{name} is missing")

    def _properties(self, value, wanted, where, _):
        if isinstance(value, dict):
            for name, schema in wanted.items():
                if name in value:
                    self.check(value[name], schema, f"{where}.{name}")

    def _additionalProperties(self, value, wanted, where, schema):
        if wanted is not False:
            raise NotImplementedError("additionalProperties is known as false only")
        if isinstance(value, dict):
            for name in value:
                if name not in schema["properties"]:
                    self._say(where, f"{name} is not known")


def problems(value, schema):
    """What is wrong with a value, a line each; empty if it is valid."""
    check = _Check(schema)
    check.check(value, schema, "$")
    return check.found
