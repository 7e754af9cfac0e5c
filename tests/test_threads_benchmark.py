"""Editing while files are written and prompts answered: no error, and in the end nothing stale."""

from benchmarks.threads import measured


def test_editing_while_saving_exporting_and_selecting(qapp, own_home):
    def go_on(counts):
        return counts["edits"] < 15 or min(counts.values()) < 2

    counts, errors, stale = measured(go_on)
    assert set(counts) == {"edits", "saves", "exports", "pictures", "selections"}
    assert errors == []
    assert stale == []
