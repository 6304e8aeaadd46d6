"""What can go wrong, as one tree.

KbError
├── InputError       a file, folder or argument of the user's is not usable
│   └── ModelError   the model folder is missing, damaged or of another kind
├── IndexMissing     nothing has been indexed in this home yet
├── IndexDamaged     a file of the generation is not what its manifest says
├── WriterBusy       another process writes to this home
├── OutOfMemory      memory ran out, in this process or in one that worked for it
└── NotFound         no such article, locale or collection

Every message says what was found, what was expected and what to run or change.
"""


class KbError(Exception):
    """Base of every error that the doors report to people; anything else is a bug."""


class InputError(KbError):
    pass


class ModelError(InputError):
    pass


class IndexMissing(KbError):
    pass


class IndexDamaged(KbError):
    pass


class WriterBusy(KbError):
    pass


class OutOfMemory(KbError):
    pass


class NotFound(KbError):
    pass
