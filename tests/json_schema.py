"""As much of JSON Schema as docs/report.schema.json, tests/schemas and SARIF use.

They are of draft 2020-12 and, for SARIF, of draft 4, which are the same in that much.

    problems = json_schema.problems(value, schema)

A keyword that is not known here is an error, so that no part of a schema goes unchecked.
"""

import json
import re

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
}
NOTES = {"$schema", "$id", "id", "$defs", "definitions", "title", "description", "default"}

# RFC 3339, and what RFC 3986 allows in a URI reference (a URI begins with a scheme).
_URI_CHARACTERS = r"([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
FORMATS = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:" + _URI_CHARACTERS),
    "uri-reference": re.compile(_URI_CHARACTERS),
}


def _is_type(value, name):
    if isinstance(value, bool) and name != "boolean":
        return False
    if name == "integer":
        return isinstance(value, int)
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

    def all_of(self, value, schema, where="$"):
        self.check(value, schema, where)
        return self.found

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

    def _format(self, value, wanted, where, _):
        if isinstance(value, str) and not FORMATS[wanted].fullmatch(value):
            self._say(where, f"{value!r} is no {wanted}")

    def _minLength(self, value, wanted, where, _):
        if isinstance(value, str) and len(value) < wanted:
            self._say(where, f"{len(value)} characters are fewer than {wanted}")

    def _minimum(self, value, wanted, where, _):
        if _is_type(value, "integer") and value < wanted:
            self._say(where, f"{value} is below {wanted}")

    def _maximum(self, value, wanted, where, _):
        if _is_type(value, "integer") and value > wanted:
            self._say(where, f"{value} is above {wanted}")

    def _maxItems(self, value, wanted, where, _):
        if isinstance(value, list) and len(value) > wanted:
            self._say(where, f"{len(value)} items are more than {wanted}")

    def _minItems(self, value, wanted, where, _):
        if isinstance(value, list) and len(value) < wanted:
            self._say(where, f"{len(value)} items are fewer than {wanted}")

    def _uniqueItems(self, value, wanted, where, _):
        if wanted and isinstance(value, list):
            texts = [json.dumps(one, sort_keys=True) for one in value]
            if len(set(texts)) < len(texts):
                self._say(where, "holds an item twice")

    def _fitting(self, value, schemas):
        """How many of the schemas a value fits."""
        return sum(not _Check(self.root).all_of(value, one) for one in schemas)

    def _anyOf(self, value, wanted, where, _):
        if self._fitting(value, wanted) == 0:
            self._say(where, "fits none of anyOf")

    def _oneOf(self, value, wanted, where, _):
        if self._fitting(value, wanted) != 1:
            self._say(where, "does not fit exactly one of oneOf")

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
        if not isinstance(value, dict) or wanted is True:
            return
        for name in set(value) - set(schema.get("properties", {})):
            if wanted is False:
                self._say(where, f"{name} is not known")
            else:
                self.check(value[name], wanted, f"{where}.{name}")


def problems(value, schema):
    """What is wrong with a value, a line each; empty if it is valid."""
    return _Check(schema).all_of(value, schema)
