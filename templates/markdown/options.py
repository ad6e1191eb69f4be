"""Read the attributes of a block or directive; what nobody asks for is an error."""

from collections.abc import Mapping, Sequence

from configs.errors import TemplateError
from configs.loader import suggest


class Options:
    """The attributes of one element."""

    def __init__(self, values: Mapping[str, str], known: Sequence[str], *, owner: str, where: str) -> None:
        self._values = values
        self._owner = owner
        self.where = where
        for name in values:
            if name not in known:
                hint = suggest(name, list(known)) if known else "It takes none."
                raise TemplateError(f"{owner} has no attribute `{name}`.", where=where, hint=hint)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str | None = None) -> str:
        """Give an attribute as it is; without a default it is required."""
        value = self._values.get(name, default)
        if value is None:
            raise TemplateError(f"{self._owner} needs the attribute `{name}`.", where=self.where)
        return value

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        """Give an attribute that is one of `choices`."""
        value = self.text(name, default)
        if value not in choices:
            raise TemplateError(
                f"The attribute `{name}` of {self._owner[0].lower()}{self._owner[1:]} cannot be `{value[:40]}`.",
                where=self.where,
                hint=suggest(value, list(choices)),
            )
        return value

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """Give an attribute that is a whole number within bounds."""
        value = self._values.get(name, str(default))
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise TemplateError(
                f"The attribute `{name}` must be a whole number from {low} to {high}, but it is `{value[:40]}`.",
                where=self.where,
            )
        return int(value)

    def shares(self, name: str, count: int) -> list[float] | None:
        """Give an attribute that weighs `count` columns, as shares that add up to 1, or None where it is not set."""
        numbers = self._values.get(name, "").split()
        if not numbers:
            return None
        weights = [int(number) for number in numbers if number.isascii() and number.isdigit() and int(number)]
        if len(weights) != count or len(numbers) != count:
            example = " ".join(["3", *"1" * (count - 1)])
            raise self.refuse(f"`{name}` must be {count} whole numbers, one for each column, such as `{example}`.")
        return [weight / sum(weights) for weight in weights]

    def refuse(self, message: str, hint: str | None = None) -> TemplateError:
        """Make an error with the element's place."""
        return TemplateError(message, where=self.where, hint=hint)
