import threading, time
big = list(range(1000000))
def hog():
    while not over.is_set():
        sorted(big, reverse=True)
over = threading.Event()
thread = threading.Thread(target=hog, name="hog")
thread.start()
for i in range(12): time.sleep(0.005)
over.set()
thread.join()
