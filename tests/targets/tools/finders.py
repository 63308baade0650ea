"""What a program may ask of each finder in sys.meta_path; ours is as the others."""
import copy
import importlib.util
import pickle
import pkgutil
import sys


def describe(finder):
    assert finder.__module__ and finder.__name__ and finder.__qualname__
    assert type(finder) is type
    assert repr(finder) == "<class '%s.%s'>" % (finder.__module__, finder.__qualname__)
    assert finder == finder and hash(finder) == hash(finder) and finder in {finder}
    assert copy.copy(finder) is finder and copy.deepcopy(finder) is finder
    assert finder.find_spec("no_such_module") is None
    assert finder.find_spec(fullname="no_such_module", path=None, target=None) is None
    if sys.version_info < (3, 12):
        assert finder.find_module("no_such_module") is None
    else:
        assert not hasattr(finder, "find_module")
    getattr(finder, "invalidate_caches", str)()
    assert isinstance(dir(finder), list) and isinstance(vars(finder)["__doc__"], str)


for finder in copy.copy(sys.meta_path):
    if isinstance(finder, type):
        describe(finder)
last = sys.meta_path[-1]
if getattr(last, "__module__", "") == "_codesnap":
    last.extra = 1  # as of any class
    del last.extra
    assert "codesnap" not in sys.modules and "_codesnap" not in sys.modules
    assert pickle.loads(pickle.dumps(last)) is last
    assert last.find_spec("codesnap").name == "codesnap"
    if sys.version_info < (3, 12):
        assert last.find_module("codesnap") is not None
importlib.invalidate_caches()
try:
    import no_such_module
except ImportError as error:
    print(type(error).__name__, error)
print(sum(1 for _ in pkgutil.walk_packages(["/nowhere"])), len(list(pkgutil.iter_importers())) > 0)
try:
    from importlib import metadata
except ImportError:
    pass
else:
    print(len([None for found in metadata.distributions()]) > -1)
    try:
        metadata.distribution("no-such-distribution")
    except metadata.PackageNotFoundError as error:
        print(error)
print(importlib.util.find_spec("no_such_module"))
