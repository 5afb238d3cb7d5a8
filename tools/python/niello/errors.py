# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What can go wrong, as exceptions whose text is the sentence of the tool."""


class Error(Exception):
    """Base of all of them."""


class ModelError(Error, ValueError):
    """The model file or a flag is at fault (exit code 1 of `niello`)."""


class UnsupportedError(Error, NotImplementedError):
    """The model needs what Niello cannot do yet (exit code 2)."""


class InternalError(Error, RuntimeError):
    """A bug of Niello (exit code 3, or the compiler died)."""


class MachineError(Error, RuntimeError):
    """This machine cannot run what was compiled (exit code 4)."""


class BadInputError(Error, ValueError):
    """An array has a name, dtype or shape that the model does not take."""


class CheckError(Error, RuntimeError):
    """A check inside the compiled model failed: an index, a divisor."""


OF_EXIT_CODE = {
    1: ModelError,
    2: UnsupportedError,
    3: InternalError,
    4: MachineError,
}


def of_exit_code(code, text):
    """The exception for `niello` that ended with `code` after `text`."""
    if code < 0:
        return InternalError(f"niello was killed by signal {-code}\n{text}")
    return OF_EXIT_CODE.get(code, InternalError)(text)


# By niello_status of niello.h.
OF_STATUS = {
    1: BadInputError,
    2: BadInputError,
    3: MemoryError,
    4: MachineError,
    5: CheckError,
    6: ModelError,
    7: OSError,
}


def of_status(status, text):
    """The exception for a runtime function that returned `status`."""
    return OF_STATUS.get(status, InternalError)(text)
