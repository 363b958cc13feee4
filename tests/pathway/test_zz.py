import time, cProfile, pstats
from .common import PathwayCase
from ..common import CoworkingCase
_t=time.perf_counter
class TestA(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        t=_t(); super().setUpClass(); print("base",_t()-t)
    def test_a(self): pass
class TestB(PathwayCase):
    @classmethod
    def setUpClass(cls):
        p=cProfile.Profile(); p.enable()
        super().setUpClass(); p.disable(); pstats.Stats(p).sort_stats("cumtime").print_stats(45)
    def test_a(self):
        for i in range(3):
            t=_t(); x=self._at("incubation","a%s"%i); print("incub",_t()-t)
            t=_t(); x=self._new_participant("b%s"%i); print("new",_t()-t)
            t=_t(); x.stage_id=self.stages["info_session"]; print("move",_t()-t)
