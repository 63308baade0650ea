def helper(i):
    return i + 1


def request(i):
    return helper(i)
