import gc
import threading
import weakref

from inpaint_studio.jobs import GuiCollector


class Node:
    def __init__(self):
        self.me = self


def test_cycles_are_freed_in_the_windows_thread(qapp, qtbot):
    freed_in = []
    collector = GuiCollector()
    try:
        assert not gc.isenabled()
        weakref.finalize(Node(), lambda: freed_in.append(threading.get_ident()))
        litter = [[i] for i in range(20000)]
        assert not freed_in
        collector.collect()
        del litter
        assert freed_in == [threading.get_ident()]
    finally:
        collector.close()
    assert gc.isenabled()
