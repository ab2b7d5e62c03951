"""The sandbox that mail templates run in: no files, no Python, and nothing that is not paid for (`budget`).

Jinja2's own sandbox keeps templates away from the interpreter. This adds what keeps them from filling a memory or
running for ever: each loop's step, call, filter, concatenation and output is counted, each by its size.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, cast

from jinja2 import FunctionLoader, StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext, markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from briefingkit.mailing.messages.budget import Exhausted, multiplied, pay, size_of, spend, stepped
from briefingkit.mailing.messages.slots import encoded_for_addresses, is_slot, refuse_slots

__all__ = ["sandbox"]

# Filters that write a slot as it is; of the others, each would work on the mark and not on the value.
_LEAVE_AS_IS = frozenset(("e", "escape", "default", "d", "urlencode"))
# `format` makes texts of any width; the others look into Python's objects, or differ from run to run.
_LEFT_OUT = frozenset(("attr", "format", "pprint", "random"))
_REPEATING = frozenset(("center", "expandtabs", "ljust", "rjust", "zfill"))
_LONGEST_RANGE = 100_000
_CALL = 100


class _Counted(NodeTransformer):
    """Lets each loop and each concatenation go through a filter that counts."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja2's naming
        self.generic_visit(node)
        node.iter = _through("counted_steps", node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802 - as above
        self.generic_visit(node)
        return _through("counted_join", nodes.List(node.nodes, lineno=node.lineno))


def _through(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, [], [], None, None, lineno=node.lineno)


class _Sandbox(ImmutableSandboxedEnvironment):
    """The environment of mail templates."""

    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        _Counted().visit(parsed)
        return parsed

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Bound what an operation makes."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("% formats no text here: write the value where it belongs")
        if operator == "**":
            multiplied(*(left,) * min(size_of(right), 64))
        elif operator == "*" and not (isinstance(left, int | float) and isinstance(right, int | float)):
            multiplied(left, right)
        else:
            spend(1 if isinstance(left, int | float) else size_of(left) + size_of(right))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count a call, of a macro too, and bound what a text's or list's method makes."""
        spend(_CALL)
        if isinstance(obj, LoopContext) and args:  # the next level of a recursive loop
            args = (stepped(args[0]), *args[1:])
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str | list | dict | tuple):
            refuse_slots(args)
            pay(owner)
            multiplied(owner, *args, *kwargs.values())
        made = super().call(context, obj, *args, **kwargs)
        pay(made)
        return made

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Leave out the methods of texts that repeat a character as often as they are told."""
        if isinstance(obj, str) and attr in _REPEATING:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:
        """Leave out `format`, which makes texts of any width."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("format is not here: write the value where it belongs")

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """Count each time that a template is taken in: one may include itself."""
        spend(100)
        return super().get_template(*args, **kwargs)


def sandbox(load: Callable[[str], tuple[str, str, None] | None]) -> _Sandbox:
    """Make an environment; `load` gives the source of a name."""
    made = _Sandbox(
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(load),
        auto_reload=False,
        finalize=_paid,
        optimized=False,
    )
    made.globals.clear()  # no lipsum, no cycler, and a range that is paid for
    made.globals |= {"range": _range, "namespace": Namespace}
    made.filters = {
        name: _counted(name, each) for name, each in made.filters.items() if name not in _LEFT_OUT
    }
    made.filters["urlencode"] = _urlencode(made.filters["urlencode"])
    made.filters["counted_steps"] = stepped
    made.filters["counted_join"] = _join
    return made


def _paid(value: Any) -> Any:
    """Count what is written down. What is not known, such as a name, is nothing: nobody is greeted as "None"."""
    pay(value)
    return "" if value is None else value


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if made and abs((made[-1] - made[0]) // made.step) >= _LONGEST_RANGE:
        raise Exhausted(f"a range has at most {_LONGEST_RANGE:,} steps")
    return made


def _join(values: list[Any]) -> str:
    """Write values one after the other, as `~` does, without those not known: escaped where one of them is markup."""
    pay(values)
    values = [value for value in values if value is not None]
    if any(hasattr(value, "__html__") and not is_slot(value) for value in values):
        return Markup(markup_join(values))  # noqa: S704 - markup_join escapes what is no markup
    return "".join(map(str, values))


def _counted(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """Bound what a filter makes, and keep it away from slots."""

    @wraps(made)
    def paid(*args: Any, **kwargs: Any) -> Any:
        if name not in _LEAVE_AS_IS:
            refuse_slots((*args, *kwargs.values()))
        args = tuple(list(stepped(value)) if isinstance(value, Iterator) else value for value in args)
        for value in args:
            pay(value)
        multiplied(*(value for value in args if isinstance(value, str | int | float | list | tuple | dict)))
        multiplied(*kwargs.values())
        result = made(*args, **kwargs)
        pay(result)
        return result

    return paid


def _urlencode(plain: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(plain)
    def encode(value: Any) -> Any:
        return encoded_for_addresses(value) or plain(value)

    return encode
