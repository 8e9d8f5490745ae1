"""One update of an item, with its conditions."""

from typing import Any

from wracaj.store.wire import to_wire


class Change:
    """One update expression. Each attribute has a placeholder, so that no reserved word can
    collide."""

    def __init__(self) -> None:
        self._sets: list[str] = []
        self._removes: list[str] = []
        self._adds: list[str] = []
        self._deletes: list[str] = []
        self._conditions: list[str] = []
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def _name(self, attribute: str) -> str:
        # a placeholder has only letters, digits and _
        name = f"#{attribute}" if attribute.isidentifier() else f"#n{len(self._names)}"
        self._names[name] = attribute
        return name

    def _value(self, value: Any) -> str:
        name = f":v{len(self._values)}"
        self._values[name] = value
        return name

    def set(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            if value is None:
                self._removes.append(self._name(attribute))
            else:
                self._sets.append(f"{self._name(attribute)} = {self._value(value)}")
        return self

    def set_once(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            name = self._name(attribute)
            self._sets.append(f"{name} = if_not_exists({name}, {self._value(value)})")
        return self

    def add(self, **attributes: Any) -> "Change":
        """Add to a number, or add members to a set."""
        for attribute, value in attributes.items():
            self._adds.append(f"{self._name(attribute)} {self._value(value)}")
        return self

    def take_out(self, **attributes: Any) -> "Change":
        """Remove members from a set. DynamoDB removes the set with its last member."""
        for attribute, value in attributes.items():
            self._deletes.append(f"{self._name(attribute)} {self._value(value)}")
        return self

    def only_if_below(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            name = self._name(attribute)
            self._conditions.append(
                f"(attribute_not_exists({name}) OR {name} < {self._value(value)})"
            )
        return self

    def only_if(self, **attributes: Any) -> "Change":
        for attribute, value in attributes.items():
            name = self._name(attribute)
            self._conditions.append(f"{name} = {self._value(value)}")
        return self

    def only_if_absent(self, *attributes: str) -> "Change":
        self._conditions += [
            f"attribute_not_exists({self._name(attribute)})" for attribute in attributes
        ]
        return self

    def only_if_present(self, *attributes: str) -> "Change":
        self._conditions += [
            f"attribute_exists({self._name(attribute)})" for attribute in attributes
        ]
        return self

    def expressions(self) -> dict[str, Any]:
        clauses = [
            ("SET", self._sets),
            ("REMOVE", self._removes),
            ("ADD", self._adds),
            ("DELETE", self._deletes),
        ]
        parts: dict[str, Any] = {
            "UpdateExpression": " ".join(
                f"{word} {', '.join(terms)}" for word, terms in clauses if terms
            )
        }
        if self._conditions:
            parts["ConditionExpression"] = " AND ".join(self._conditions)
        parts["ExpressionAttributeNames"] = self._names
        if self._values:
            parts["ExpressionAttributeValues"] = to_wire(self._values)
        return parts
