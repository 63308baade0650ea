"""Classes whose metaclass, and threads whose class, say what they are asked for."""

import threading


def asked(name):
    def get(self):
        print("asked for", name)
        raise RuntimeError(name)

    return property(get)


NAMES = "__mro__ __name__ __module__ __bases__ __dict__".split()
Meta = type("Meta", (type,), {name: asked(name) for name in NAMES})


class Table(dict, metaclass=Meta):
    pass


class Named(threading.Thread):
    @property
    def _name(self):
        print("asked for the name")
        return "named"

    @_name.setter
    def _name(self, name):
        pass

    def run(self):
        after()


def after():
    Table().update(a=1)
    Table.fromkeys("ab")


after()
thread = Named()
thread.start()
thread.join()
print("end")
