"""Settings for tests of the application."""


class Remembered(dict):
    """Settings that live as long as a test."""

    def text(self, key, default=""):
        return self.get(key, default)

    def texts(self, key):
        return self.get(key, [])

    def keep(self, key, value):
        self[key] = value
