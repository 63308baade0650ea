import sqlite3, sys
db = sqlite3.connect("t.db")
waits = db.execute("SELECT w.duration_ns, w.what, h.name, t.name FROM waits w JOIN threads t ON t.id = w.thread"
                   " LEFT JOIN threads h ON h.id = w.holder WHERE w.kind = 'gil'").fetchall()
