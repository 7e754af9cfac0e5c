"""Downloads against a server that cuts, lies, stalls and never ends: a right file in place, or none."""

import hashlib
import shutil
from types import SimpleNamespace

import pytest
from fault_server import (
    FaultServer,
    cut,
    endless,
    ignoring_range,
    redirect,
    silent,
    stalled,
    status,
    whole,
    wrong_range,
)  # fmt: skip

from inpaint_studio.basics import Cancelled, StudioError
from inpaint_studio.files.download import Patience, Source, download

DATA = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(DATA).hexdigest()
OTHER = DATA[::-1]
PATIENT = Patience(seconds=20.0, tries=3, pause_seconds=0.01)
HASTY = Patience(seconds=0.4, tries=3, pause_seconds=0.01)
"""For servers that hang; on a busy machine others may be slower than this."""


@pytest.fixture
def target(tmp_path):
    return tmp_path / "models" / "network.onnx"


def part_of(target):
    return target.with_name("network.onnx.part")


def fetch(server, target, *, patience=PATIENT, **changed):
    values = {"url": server.url, "size": len(DATA), "sha256": SHA256} | changed
    return download(Source(**values), target, patience=patience)


def begun(target, data):
    target.parent.mkdir(parents=True)
    part_of(target).write_bytes(data)


def arrives(answers, target, asked, patience=PATIENT):
    """The file comes whole; `asked` are the first bytes that each request asks for."""
    with FaultServer(*answers) as server:
        assert fetch(server, target, patience=patience) == SHA256
    assert target.read_bytes() == DATA
    assert not part_of(target).exists()
    assert [range_ for _, range_ in server.asked] == [f"bytes={a}-" if a else None for a in asked]


def refused(answers, target, words, **changed):
    with FaultServer(*answers) as server, pytest.raises(StudioError, match=words):
        fetch(server, target, **changed)
    assert not target.exists()


def test_a_file_arrives_and_its_hash_is_told(target):
    arrives([whole(DATA)], target, [0])


def test_a_cut_download_goes_on_where_it_was_cut(target):
    arrives([cut(DATA, 300_000), cut(DATA, 200_000), whole(DATA)], target, [0, 300_000, 500_000])


def test_what_an_earlier_try_left_is_gone_on_from(target):
    begun(target, DATA[:1000])
    arrives([whole(DATA)], target, [1000])


def test_a_whole_part_file_is_not_fetched_again(target):
    begun(target, DATA)
    arrives([status(500)], target, [])


def test_cuts_that_bring_nothing_end_in_one_sentence_and_keep_what_came(target):
    refused([cut(DATA, 5000), cut(DATA, 0)], target, "could not be reached.*what has come is kept")
    assert part_of(target).read_bytes() == DATA[:5000]


def test_a_part_file_of_something_else_is_begun_anew(target):
    begun(target, OTHER[:1000])
    arrives([whole(DATA)], target, [1000, 0])


def test_a_part_file_that_is_too_long_is_begun_anew(target):
    begun(target, DATA + b"more")
    arrives([whole(DATA)], target, [0])


def test_a_wrong_file_is_not_kept(target):
    refused([whole(OTHER)], target, "not the published file")
    assert not part_of(target).exists()


def test_a_page_in_place_of_the_file_is_not_kept(target):
    refused([whole(b"<html>Please log in</html>")], target, "offers a file of 26 bytes, but 1,048,576 were")


def test_a_server_that_knows_no_ranges_sends_it_whole(target):
    begun(target, DATA[:1000])
    arrives([ignoring_range(DATA)], target, [1000])


def test_a_wrong_range_is_begun_anew(target):
    begun(target, DATA[:1000])
    arrives([wrong_range(DATA), whole(DATA)], target, [1000, 0])


def test_an_unsatisfiable_range_is_begun_anew(target):
    begun(target, DATA[:1000])
    arrives([status(416), whole(DATA)], target, [1000, 0])


def test_a_busy_server_is_asked_again(target):
    arrives([status(503), status(429), whole(DATA)], target, [0, 0, 0])


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_file_that_is_gone_is_said_at_once(target, code):
    refused([status(code)], target, f"answer {code}")


def test_bytes_that_stop_coming_are_asked_for_again(target):
    arrives([stalled(DATA, 70_000), whole(DATA)], target, [0, 70_000], HASTY)


def test_a_silent_server_ends_in_one_sentence(target):
    refused([silent], target, "could not be reached", patience=HASTY)


def test_more_bytes_than_published_are_refused_before_they_come(target):
    refused([whole(DATA + b"x")], target, "offers a file of 1,048,577 bytes")


def test_endless_bytes_are_refused(target):
    refused([endless], target, "sends more than was published")
    assert not part_of(target).exists()


def test_endless_bytes_of_an_unknown_size_are_refused(target):
    refused([endless], target, "sends more", size=None, sha256="", most=1 << 20)


def test_a_file_of_unknown_size_and_hash_is_taken_and_its_hash_told(target):
    with FaultServer(whole(DATA)) as server:
        assert fetch(server, target, size=None, sha256="") == SHA256
    assert target.read_bytes() == DATA


def test_redirects_are_followed(target):
    arrives([redirect("/elsewhere"), whole(DATA)], target, [0, 0])


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "http://example.org/network.onnx", "ftp://127.0.0.1/n"]
)
def test_redirects_to_unsafe_addresses_are_refused(target, place):
    refused([redirect(place)], target, "no https address")


def test_endless_redirects_are_refused(target):
    refused([redirect("/again")], target, "without an end")


def test_unsafe_addresses_are_refused(target):
    with pytest.raises(StudioError, match="no https address"):
        download(Source("http://example.org/network.onnx"), target)


def test_a_machine_that_does_not_answer_is_told(target):
    with FaultServer(whole(DATA)) as server:
        pass
    with pytest.raises(StudioError, match="could not be reached"):
        fetch(server, target)


def test_too_little_room_is_told_before_anything_is_written(target, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    refused([whole(DATA)], target, "too little room")
    assert not part_of(target).exists()


def test_a_folder_that_can_not_be_made_is_told(target):
    target.parent.write_bytes(b"a file is in its place")
    with FaultServer(whole(DATA)) as server, pytest.raises(StudioError, match="could not be kept"):
        fetch(server, target)


class CancelAt:
    """Progress that cancels once some of the file is there."""

    def __init__(self, fraction):
        self.fraction, self.seen = fraction, []

    def report(self, fraction, message=""):
        self.seen.append(fraction)
        if fraction >= self.fraction:
            raise Cancelled


def test_a_cancelled_download_keeps_what_came_and_goes_on(target):
    source = {"size": len(DATA), "sha256": SHA256}
    with FaultServer(stalled(DATA, 400_000), whole(DATA)) as server:
        with pytest.raises(Cancelled):
            download(Source(server.url, **source), target, CancelAt(0.2), Patience(60.0))
        assert not target.exists()
        fetch(server, target)
    kept = int(server.asked[1][1].removeprefix("bytes=").removesuffix("-"))
    assert kept > 0
    assert target.read_bytes() == DATA


def test_cancelling_does_not_wait_for_a_silent_server(target):
    with FaultServer(silent) as server, pytest.raises(Cancelled):
        download(Source(server.url), target, CancelAt(0.0), Patience(seconds=1.0))


def test_an_old_file_stays_if_the_new_one_is_wrong(target):
    target.parent.mkdir(parents=True)
    target.write_bytes(b"old")
    with FaultServer(whole(OTHER)) as server, pytest.raises(StudioError):
        fetch(server, target)
    assert target.read_bytes() == b"old"


def test_progress_grows_to_the_end(target):
    progress = CancelAt(2.0)
    with FaultServer(whole(DATA)) as server:
        download(Source(server.url, len(DATA), SHA256), target, progress, PATIENT)
    assert progress.seen == sorted(progress.seen)
