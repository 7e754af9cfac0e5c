"""The one error whose text is shown to the user."""


class StudioError(Exception):
    """Something could not be done; the text is one clear sentence saying why and what to do next.

    It is a `Message`, so that it can be said in another language.
    """
