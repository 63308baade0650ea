"""Threads that are renamed while they run, and one that is never named."""

import threading


def rename():
    threading.current_thread().name = "renamed late"


def work():
    return None


for target, name in ((rename, "first name"), (work, "w\u00f6rker \"1\"")):
    thread = threading.Thread(target=target, name=name)
    thread.start()
    thread.join()
