"""Calls as expressions: every function in the notation that Python has for it."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Atom, Const, Do, For, If, Let, Stmt, Var
from srcgrad.write.constants import constant, name, value_or_path
from srcgrad.write.forms import COMPARES, Folds, comprehension, is_chain
from srcgrad.write.inject import Injected, module_of
from srcgrad.write.print import text_of
from srcgrad.write.spell import identifier

_NODES = {fn: getattr(ast, key) for key, fn in ops.OPERATORS.items()}
_NODES.update({fn: _NODES[plain] for fn, plain in ops.PLAIN.items()})
AUGMENTED = {fn: _NODES[fn] for fn in (*ops.PLAIN, *ops.PLAIN.values())}
_UNARY = {operator.neg, operator.pos, operator.invert, operator.not_}
_SWALLOW = (sum, max, min, tuple, set, sorted, frozenset, "".join)


class Expressions:
    """Builds the tree of an atom or of a statement, with all that is folded into it."""

    def __init__(self, folds: Folds, names: Mapping[Var, str], injected: Injected) -> None:
        self.folds = folds
        self.names = dict(names)
        self.injected = injected
        self.swapped: dict[Atom, Atom] = {}
        self.special: dict[Any, Callable[[Let | Do], ast.expr]] = {
            operator.getitem: self._getitem,
            ops.make_tuple: lambda s: ast.Tuple(elts=self._args(s), ctx=ast.Load()),
            ops.make_list: lambda s: ast.List(elts=self._args(s), ctx=ast.Load()),
            ops.make_set: self._set,
            ops.make_dict: self._dict,
            ops.dict_of: self._dict_of,
            ops.list_append: self._append,
            runtime.extended: self._extended,
            ops.same: lambda s: self.atom(s.args[0]),
            ops.unpack: lambda s: self.atom(s.args[0]),
            ops.unpack_star: lambda s: self.atom(s.args[0]),
            ops.call: self._call_value,
            list: self._list,
            ops.apply: self._apply,
            ops.fstring: self._fstring,
            ops.formatted: self._formatted,
            ops.read_global: self._global,
            ops.read_cell: self._cell,
        }

    def atom(self, atom: Atom) -> ast.expr:
        """Return the expression for a variable or a constant."""
        atom = self.swapped.get(atom, atom)
        if isinstance(atom, Const):
            return constant(atom, self.injected)
        stmt = self.folds.exprs.get(atom)
        return self.statement(stmt) if stmt is not None else name(self.names[atom])

    def statement(self, stmt: Stmt) -> ast.expr:
        """Return the value that a statement gives, as an expression."""
        match stmt:
            case Let() | Do():
                return self.call(stmt)
            case If():
                return self._choice(stmt)
            case For():
                return self._comprehension(stmt, ast.ListComp)
        raise AssertionError(stmt)

    def call(self, stmt: Let | Do) -> ast.expr:
        """Return a call in Python's notation."""
        fn: Any = stmt.fn
        if isinstance(fn, ops.Attribute):
            return ast.Attribute(value=self._owner(stmt.args[0]), attr=fn.name, ctx=ast.Load())
        if isinstance(fn, ops.Method):
            func = ast.Attribute(value=self._owner(stmt.args[0]), attr=fn.name, ctx=ast.Load())
            return self._plain(func, stmt, 1)
        try:
            special = self.special.get(fn)
            node = _NODES.get(fn)
        except TypeError:
            special = node = None
        if special is not None:
            return special(stmt)
        if node is not None and not stmt.kwargs:
            return self._operator(node, fn, self._args(stmt))
        return self._plain(value_or_path(fn, self.injected), stmt, 0)

    def _args(self, stmt: Let | Do) -> list[ast.expr]:
        return [self.atom(atom) for atom in stmt.args]

    def _owner(self, atom: Atom) -> ast.expr:
        tree = self.atom(atom)
        if isinstance(tree, ast.Constant) and isinstance(tree.value, float):
            # Python warns of 1.0[..., None], also where that is never reached.
            return ast.Call(func=value_or_path(np.float64, self.injected), args=[tree], keywords=[])
        return tree

    def _plain(self, func: ast.expr, stmt: Let | Do, first: int) -> ast.expr:
        args = [self.atom(atom) for atom in stmt.args[first:]]
        if len(args) == 1 and not stmt.kwargs and isinstance(args[0], ast.ListComp):
            if any(stmt.fn is fn for fn in _SWALLOW) and not _is_bracketed(stmt):
                args = [name(text_of(args[0])[1:-1])]  # alone, it needs no brackets of its own
        keywords = [ast.keyword(arg=key, value=self.atom(value)) for key, value in stmt.kwargs]
        return ast.Call(func=func, args=args, keywords=keywords)

    def _operator(self, node: Any, fn: Any, args: list[ast.expr]) -> ast.expr:
        if fn in _UNARY:
            if fn is operator.not_:
                return ast.UnaryOp(op=ast.Not(), operand=args[0])
            return ast.UnaryOp(op=node(), operand=args[0])
        if fn in (operator.is_, operator.is_not) and any(map(_is_display, args)):
            return ast.Call(func=value_or_path(fn, self.injected), args=args, keywords=[])
        if fn in COMPARES:
            return ast.Compare(left=args[0], ops=[node()], comparators=[args[1]])
        return ast.BinOp(left=args[0], op=node(), right=args[1])

    def _getitem(self, stmt: Let | Do) -> ast.expr:
        owner, index = stmt.args
        return ast.Subscript(value=self._owner(owner), slice=self.index(index), ctx=ast.Load())

    def index(self, atom: Atom) -> ast.expr:
        """Return what stands between the brackets."""
        atom = self.swapped.get(atom, atom)
        if isinstance(atom, Const):
            return self._index_value(atom)
        stmt = self.folds.exprs.get(atom)
        if isinstance(stmt, Let) and stmt.fn is builtins.slice:
            given = [*stmt.args, *[Const(None)] * (3 - len(stmt.args))]
            if len(stmt.args) == 1:
                given = [Const(None), stmt.args[0], Const(None)]
            return ast.Slice(*(self._bound(part) for part in given))
        if isinstance(stmt, Let) and stmt.fn is ops.make_tuple and stmt.args:
            return ast.Tuple(elts=[self.index(part) for part in stmt.args], ctx=ast.Load())
        return self.atom(atom)

    def _bound(self, atom: Atom) -> ast.expr | None:
        return None if isinstance(atom, Const) and atom.value is None else self.atom(atom)

    def _index_value(self, atom: Const) -> ast.expr:
        value = atom.value
        if type(value) is slice:
            return ast.Slice(
                *(self._bound(Const(p)) for p in (value.start, value.stop, value.step))
            )
        if type(value) is tuple and value:
            return ast.Tuple(elts=[self._index_value(Const(v)) for v in value], ctx=ast.Load())
        return constant(atom, self.injected)

    def _set(self, stmt: Let | Do) -> ast.expr:
        if not stmt.args:
            return ast.Call(func=name(self.injected.name(set)), args=[], keywords=[])
        return ast.Set(elts=self._args(stmt))

    def _dict(self, stmt: Let | Do) -> ast.expr:
        args = self._args(stmt)
        keys: list[ast.expr | None] = list(args[::2])
        return ast.Dict(keys=keys, values=args[1::2])

    def _dict_of(self, stmt: Let | Do) -> ast.expr:
        keys, values = (self.atom(atom) for atom in stmt.args)
        zipped = ast.Call(func=name(self.injected.name(zip)), args=[keys, values], keywords=[])
        return ast.Call(func=name(self.injected.name(dict)), args=[zipped], keywords=[])

    def _append(self, stmt: Let | Do) -> ast.expr:
        items, item = self._args(stmt)
        return ast.List(elts=[ast.Starred(value=items, ctx=ast.Load()), item], ctx=ast.Load())

    def _extended(self, stmt: Let | Do) -> ast.expr:
        both = [ast.Starred(value=tree, ctx=ast.Load()) for tree in self._args(stmt)]
        return ast.List(elts=list(both), ctx=ast.Load())

    def _list(self, stmt: Let | Do) -> ast.expr:
        """``list([f(x) for x in xs])`` is the list itself."""
        made = self.folds.exprs.get(stmt.args[0]) if len(stmt.args) == 1 else None  # type: ignore[arg-type]
        if isinstance(made, For) and not stmt.kwargs:
            tree = self.atom(stmt.args[0])
            if isinstance(tree, ast.ListComp):
                return tree
        return self._plain(value_or_path(list, self.injected), stmt, 0)

    def _call_value(self, stmt: Let | Do) -> ast.expr:
        return self._plain(self._owner(stmt.args[0]), stmt, 1)

    def _apply(self, stmt: Let | Do) -> ast.expr:
        function, args, kwargs = self._args(stmt)
        starred = [] if _is_empty(args) else [ast.Starred(value=args, ctx=ast.Load())]
        named = [] if _is_empty(kwargs) else [ast.keyword(arg=None, value=kwargs)]
        return ast.Call(func=function, args=list(starred), keywords=named)

    def _fstring(self, stmt: Let | Do) -> ast.expr:
        return ast.JoinedStr(values=[self._part(atom) for atom in stmt.args])

    def _part(self, atom: Atom) -> ast.expr:
        if isinstance(atom, Const) and isinstance(atom.value, str):
            return ast.Constant(value=atom.value)
        stmt = self.folds.exprs.get(atom) if isinstance(atom, Var) else None
        if not isinstance(stmt, Let) or stmt.fn is not ops.formatted:
            return ast.FormattedValue(value=self.atom(atom), conversion=-1, format_spec=None)
        value, conversion, spec = stmt.args
        code = ord(conversion.value) if isinstance(conversion, Const) and conversion.value else -1
        return ast.FormattedValue(
            value=self.atom(value), conversion=code, format_spec=self._spec(spec)
        )

    def _spec(self, atom: Atom) -> ast.expr | None:
        if isinstance(atom, Const):
            text = ast.Constant(value=atom.value)
            return ast.JoinedStr(values=[text]) if atom.value else None
        tree = self.atom(atom)
        if isinstance(tree, ast.JoinedStr):
            return tree
        value = ast.FormattedValue(value=tree, conversion=-1, format_spec=None)
        return ast.JoinedStr(values=[value])

    def _formatted(self, stmt: Let | Do) -> ast.expr:
        return (
            ast.JoinedStr(values=[self._part(stmt.targets[0])])
            if (isinstance(stmt, Let) and stmt.targets[0] in self.folds.exprs)
            else self._plain(name(self.injected.name(ops.formatted)), stmt, 0)
        )

    def _global(self, stmt: Let | Do) -> ast.expr:
        namespace, key = (atom.value for atom in stmt.args if isinstance(atom, Const))
        if namespace is self.injected.namespace and key in self.injected.globals:
            return name(key)
        module = module_of(namespace)
        if module is not None:
            return ast.Attribute(value=name(self.injected.name(module)), attr=key, ctx=ast.Load())
        owner = name(self.injected.name(namespace, "namespace"))
        return ast.Subscript(value=owner, slice=ast.Constant(value=key), ctx=ast.Load())

    def _cell(self, stmt: Let | Do) -> ast.expr:
        cell, key = (atom.value for atom in stmt.args if isinstance(atom, Const))
        return name(self.injected.cell(cell, key))

    def _choice(self, stmt: If) -> ast.expr:
        test = self.atom(stmt.test)
        ends = stmt.then.results[0], stmt.orelse.results[0]
        if stmt.form == "and" and (ends[1] is stmt.test or walk.is_const(ends[1], False)):
            other = self.atom(stmt.then.results[0])
            return _joined(ast.And(), test, other, is_chain(stmt, self.folds.exprs))
        if stmt.form == "or" and (ends[0] is stmt.test or walk.is_const(ends[0], True)):
            return _joined(ast.Or(), test, self.atom(stmt.orelse.results[0]), False)
        body, orelse = self.atom(stmt.then.results[0]), self.atom(stmt.orelse.results[0])
        return ast.IfExp(test=test, body=body, orelse=orelse)

    def _comprehension(self, stmt: For, kind: Any) -> ast.expr:
        found = comprehension(stmt, self.folds)
        assert found is not None
        over = self.atom(stmt.over)
        bound = found.first.targets if found.first is not None else (stmt.each,)
        leaves = (self.folds.reads.get(var, (var,)) for var in walk.free_in(stmt))
        read = {self.names[var] for some in leaves for var in some if var in self.names}
        for var in bound:
            self.names[var] = self.injected.local(identifier(var.hint or "item"), read)
            read.add(self.names[var])
        tests = []
        if found.test is not None:
            test = self.atom(found.test)
            tests = [negated(test) if found.opposite else test]
        target = loop_target([self.names[var] for var in bound], found.first)
        generator = ast.comprehension(target=target, iter=over, ifs=tests, is_async=0)
        return kind(elt=self.atom(found.element), generators=[generator])  # type: ignore[no-any-return]


def loop_target(names: list[str], unpack: Let | None) -> ast.expr:
    """Return what a loop assigns to."""
    if unpack is None:
        return ast.Name(id=names[0], ctx=ast.Store())
    return ast.Tuple(elts=[ast.Name(id=text, ctx=ast.Store()) for text in names], ctx=ast.Store())


def _is_bracketed(stmt: Let | Do) -> bool:
    """Tell whether the user wrote a list: a name unbound in it is another error in a generator."""
    return stmt.origin is not None and "([" in stmt.origin.stmt.text


def _is_display(tree: ast.expr) -> bool:
    """Tell whether Python would warn of comparing its identity."""
    if isinstance(tree, ast.Constant):
        return not (tree.value is None or isinstance(tree.value, (bool, type(...))))
    return isinstance(tree, (ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr))


def negated(tree: ast.expr) -> ast.expr:
    """Return ``not tree``, or what is negated in it."""
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return tree.operand
    return ast.UnaryOp(op=ast.Not(), operand=tree)


def _joined(op: ast.boolop, left: ast.expr, right: ast.expr, chain: bool) -> ast.expr:
    if chain and isinstance(left, ast.Compare) and isinstance(right, ast.Compare):
        comparators = [*left.comparators, *right.comparators]
        return ast.Compare(left=left.left, ops=[*left.ops, *right.ops], comparators=comparators)
    values: list[ast.expr] = []
    for side in (left, right):
        same = isinstance(side, ast.BoolOp) and type(side.op) is type(op)
        values += side.values if isinstance(side, ast.BoolOp) and same else [side]
    return ast.BoolOp(op=op, values=values)


def _is_empty(tree: ast.expr) -> bool:
    return (
        (isinstance(tree, (ast.Tuple, ast.List)) and not tree.elts)
        or (isinstance(tree, ast.Dict) and not tree.keys)
        or (isinstance(tree, ast.Constant) and tree.value is None)
    )
