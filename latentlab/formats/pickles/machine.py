"""A pickle machine that runs nothing: what a pickle asks to be called becomes an inert `Record`.

Numbers, short texts and containers become plain Python values. Long runs of bytes and long texts stay in the file
as `Span`s, so a discriminator costs no memory to read past. Every length is checked against the file before it is
believed, and the number of instructions, objects and characters is bounded.

The instructions are those of Python's pickle protocols 0 to 5 that writers of model files emit (pickletools).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, NoReturn

from latentlab.errors import UnsafeFileError
from latentlab.formats.pickles.literals import LiteralReader, u32, u64
from latentlab.formats.pickles.policy import Judgement, is_function_of_torch, judge_mention, may_call
from latentlab.formats.pickles.values import Global, OddKey, PersistentId, Record
from latentlab.formats.source import Source

MAX_INSTRUCTIONS = 1_500_000  # a history of losses can be long
_MAX_CONTAINERS = 150_000  # these cost more than numbers do, in time and in memory
_MAX_NAMES = 4_096
_LONGEST = 5  # bytes of an instruction that is carried out without its handler


class PickleMachine(LiteralReader):
    """Reads one pickle of a source. Use once."""

    def __init__(self, source: Source, start: int, stop: int, strange: set[str]) -> None:
        """Prepare to read the pickle that begins at `start`.

        Args:
            source: the file.
            start: first byte.
            stop: the pickle and everything in it must end here.
            strange: gathers names of unknown functions and classes that the pickle mentions.
        """
        super().__init__(source, start, stop)
        self._strange = strange
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._containers = 0
        self._globals: dict[tuple[str, str], Global] = {}
        self.persistent_ids: list[PersistentId] = []
        """Every reference to something outside the pickle, in order."""
        self.end = start
        """Where the pickle ends, once it was read."""

    def run(self) -> Any:
        """The value that the pickle describes.

        Raises:
            CheckpointError: it is damaged or cut off.
            UnsafeFileError: it asks for something to be run, or for more memory than it accounts for.
        """
        self._source.check(self._base, 1)
        try:
            self._run()
            value = self._stack.pop()
        except (IndexError, KeyError, struct.error):  # file or stack end early, or nothing was memoised
            self._damaged()
        self.end = self._position
        return value

    def _run(self) -> None:
        stack, marks, memo = self._stack, self._marks, self._memo
        data, at = self._data, self._at
        for _ in range(MAX_INSTRUCTIONS):
            if at + _LONGEST > len(data):
                self._at = at
                self._refill()
                data, at = self._data, 0
            code = data[at]
            # The most frequent instructions first; a network file has tens of thousands of them.
            if code == 0x68:  # BINGET
                stack.append(memo[data[at + 1]])
                at += 2
            elif code == 0x94:  # MEMOIZE
                memo[len(memo)] = stack[-1]
                at += 1
            elif code == 0x52:  # REDUCE
                arguments = stack.pop()
                self._call(stack.pop(), arguments)
                at += 1
            elif code == 0x4B:  # BININT1
                stack.append(data[at + 1])
                at += 2
            elif code == 0x29:  # EMPTY_TUPLE
                stack.append(())
                at += 1
            elif code == 0x6A:  # LONG_BINGET
                stack.append(memo[u32(data[at + 1 : at + 5])[0]])
                at += 5
            elif code == 0x28:  # MARK
                marks.append(len(stack))
                at += 1
            elif code == 0x89:  # NEWFALSE
                stack.append(False)
                at += 1
            else:
                self._at = at + 1
                if code == 0x2E:  # STOP
                    return
                _HANDLERS[code](self)
                data, at = self._data, self._at
        raise UnsafeFileError(
            f"{self._source.name} describes its contents in more than {MAX_INSTRUCTIONS:,} steps; no model "
            "needs so many. It is damaged or made to exhaust this machine."
        )

    def _unknown(self) -> None:
        self._damaged()

    # Containers.

    def _since_mark(self) -> list[Any]:
        """Take what was pushed since the last mark off the stack."""
        start = self._marks.pop()
        items = self._stack[start:]
        del self._stack[start:]
        return items

    def _push(self, container: Any) -> None:
        self._containers += 1
        if self._containers > _MAX_CONTAINERS:
            raise UnsafeFileError(
                f"{self._source.name} describes more than {_MAX_CONTAINERS:,} objects; no model needs so many. It "
                "is damaged or made to exhaust this machine."
            )
        self._stack.append(container)

    def _empty_list(self) -> None:
        self._push([])

    def _empty_dict(self) -> None:
        self._push({})

    def _tuple(self) -> None:
        self._push(tuple(self._since_mark()))

    def _tuple1(self) -> None:
        self._push((self._stack.pop(),))

    def _tuple2(self) -> None:
        last = self._stack.pop()
        self._push((self._stack.pop(), last))

    def _tuple3(self) -> None:
        last, middle = self._stack.pop(), self._stack.pop()
        self._push((self._stack.pop(), middle, last))

    def _list(self) -> None:
        self._push(self._since_mark())

    def _dict(self) -> None:
        start = self._marks.pop()
        self._stack.insert(start, {})
        self._put(start + 1)

    def _append(self) -> None:
        item = self._stack.pop()
        self._extend([item])

    def _appends(self) -> None:
        self._extend(self._since_mark())

    def _extend(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Record):
            if target.elements is None:
                target.elements = []
            target = target.elements
        if not isinstance(target, list):
            self._damaged()
        target.extend(items)

    def _setitem(self) -> None:
        self._put(len(self._stack) - 2)

    def _setitems(self) -> None:
        self._put(self._marks.pop())

    def _put(self, start: int) -> None:
        """Put the keys and values from place `start` of the stack into the mapping below them."""
        stack = self._stack
        if not 0 < start <= len(stack) or (len(stack) - start) % 2:
            self._damaged()
        target = stack[start - 1]
        if type(target) is Record:
            if target.items is None:
                target.items = {}
            target = target.items
        if type(target) is not dict:
            self._damaged()
        for index in range(start, len(stack), 2):
            key = stack[index]
            target[key if type(key) is str else _key(key)] = stack[index + 1]
        del stack[start:]

    def _frozenset(self) -> None:
        self._push(self._since_mark())

    def _pop(self) -> None:
        self._stack.pop()

    def _pop_mark(self) -> None:
        self._since_mark()

    # Memory of earlier values.

    def _binput(self) -> None:
        self._memo[self._read(1)[0]] = self._stack[-1]

    def _long_binput(self) -> None:
        self._memo[u32(self._read(4))[0]] = self._stack[-1]

    def _put_line(self) -> None:
        self._int_line()
        index = self._stack.pop()
        self._memo[index] = self._stack[-1]

    def _get_line(self) -> None:
        self._int_line()
        self._stack.append(self._memo[self._stack.pop()])

    # What would have been objects.

    def _global_line(self) -> None:
        module = self._line()
        self._push_global(module, self._line())

    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._push_global(module, name)

    def _push_global(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            self._damaged()
        known = self._globals.get((module, name))
        if known is None:
            if len(self._globals) >= _MAX_NAMES:
                raise UnsafeFileError(
                    f"{self._source.name} names more than {_MAX_NAMES:,} functions and classes; no model needs so "
                    "many. It is damaged or made to exhaust this machine."
                )
            judgement = judge_mention(module, name)
            known = Global(module, name, may_call(module, name))
            if judgement is Judgement.HOSTILE:
                self._refuse(known)
            if judgement is Judgement.STRANGE and len(self._strange) < 100:
                self._strange.add(str(known))
            self._globals[module, name] = known
        self._stack.append(known)

    def _refuse(self, name: Global | str) -> NoReturn:
        raise UnsafeFileError(
            f"{self._source.name} asks for {name} to be run while it is opened, which no model needs. Nothing "
            "was run. Do not open it elsewhere; get the model from a source you trust, or as .safetensors."
        )

    def _call(self, callee: Any, arguments: Any) -> None:
        if type(arguments) is not tuple:
            self._damaged()
        if type(callee) is Global:
            if not (callee.callable or is_function_of_torch(callee, arguments)):
                self._refuse(callee)
            # A network file makes thousands of ordered dictionaries, nearly all of them empty.
            is_dictionary = callee.name == "OrderedDict" and not arguments
            self._push({} if is_dictionary else Record(callee, arguments))
        elif type(callee) is Record:
            self._refuse(f"what {callee.callee} gives")
        else:
            self._damaged()

    def _newobj(self) -> None:
        arguments, callee = self._stack.pop(), self._stack.pop()
        if not isinstance(arguments, tuple):
            self._damaged()
        self._push(Record(callee, arguments))

    def _newobj_ex(self) -> None:
        keywords, arguments, callee = self._stack.pop(), self._stack.pop(), self._stack.pop()
        self._push(Record(callee, (arguments, keywords)))

    def _inst(self) -> None:
        self._global_line()
        callee = self._stack.pop()
        self._call(callee, tuple(self._since_mark()))

    def _obj(self) -> None:
        items = self._since_mark()
        self._call(items[0], tuple(items[1:]))

    def _build(self) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, Record):
            target.state = state
        elif not isinstance(target, dict):
            self._damaged()

    def _binpersid(self) -> None:
        reference = PersistentId(self._stack.pop())
        self.persistent_ids.append(reference)
        self._stack.append(reference)

    def _proto(self) -> None:
        self._read(1)

    def _frame(self) -> None:
        self._claimed(u64(self._read(8))[0])


def _key(key: Any) -> Any:
    """A key whose hash and comparison cost next to nothing, whatever the file chose."""
    # Huge integers can be chosen to collide, and nested tuples to hash for ever.
    if key is None or isinstance(key, (str, bytes, bool, float, Global)):
        return key
    if isinstance(key, int):
        return key if abs(key) < 1 << 60 else OddKey()
    return OddKey()


_INSTRUCTIONS = {
    ord(code): name
    for code, name in (
        ("0", "_pop"),
        ("1", "_pop_mark"),
        ("F", "_float_line"),
        ("I", "_int_line"),
        ("J", "_binint"),
        ("L", "_int_line"),
        ("M", "_binint2"),
        ("N", "_none"),
        ("Q", "_binpersid"),
        ("V", "_unicode_line"),
        ("X", "_binunicode"),
        ("a", "_append"),
        ("b", "_build"),
        ("c", "_global_line"),
        ("d", "_dict"),
        ("}", "_empty_dict"),
        ("e", "_appends"),
        ("g", "_get_line"),
        ("i", "_inst"),
        ("l", "_list"),
        ("]", "_empty_list"),
        ("o", "_obj"),
        ("p", "_put_line"),
        ("q", "_binput"),
        ("r", "_long_binput"),
        ("s", "_setitem"),
        ("t", "_tuple"),
        ("u", "_setitems"),
        ("G", "_binfloat"),
        ("T", "_binbytes"),  # Python 2's strings
        ("U", "_short_binbytes"),
        ("\x80", "_proto"),
        ("\x81", "_newobj"),
        ("\x85", "_tuple1"),
        ("\x86", "_tuple2"),
        ("\x87", "_tuple3"),
        ("\x88", "_true"),
        ("\x8a", "_long1"),
        ("\x8b", "_long4"),
        ("B", "_binbytes"),
        ("C", "_short_binbytes"),
        ("\x8c", "_short_binunicode"),
        ("\x8d", "_binunicode8"),
        ("\x8e", "_binbytes8"),
        ("\x8f", "_empty_list"),  # a set
        ("\x90", "_appends"),  # into a set
        ("\x91", "_frozenset"),
        ("\x92", "_newobj_ex"),
        ("\x93", "_stack_global"),
        ("\x95", "_frame"),
        ("\x96", "_binbytes8"),  # a bytearray
    )
}

_HANDLERS: list[Callable[[PickleMachine], None]] = [
    getattr(PickleMachine, _INSTRUCTIONS.get(code, "_unknown")) for code in range(256)
]
