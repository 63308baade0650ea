"""A gevent pool that serves sockets, patched, and one killed greenlet."""

from gevent import monkey

monkey.patch_all()

import socket
import threading

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def handle(connection, address):
    while True:
        data = connection.recv(100)
        if not data:
            break
        connection.sendall(data)


def ask(port, number):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for i in range(3):
            connection.sendall(b"x" * (number + 1))
            assert receive(connection, number + 1)


def receive(connection, count):
    got = 0
    while got < count:
        got += len(connection.recv(count - got))
    return got


def sleeps():
    gevent.sleep(1000)


def threaded():
    gevent.sleep(0.001)


def main():
    server = StreamServer(("127.0.0.1", 0), handle)
    server.start()
    pool = Pool(10)
    pool.map(lambda number: ask(server.server_port, number), range(30))
    sleeper = gevent.spawn(sleeps)
    gevent.sleep(0)
    sleeper.kill()
    thread = threading.Thread(target=threaded, name="patched thread")
    thread.start()
    thread.join()
    server.stop()
    print(len(pool))


main()
