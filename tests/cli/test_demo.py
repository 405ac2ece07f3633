"""The demo, with a handful of flights instead of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "examples" / "demo"
HEADER = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,"
    "origin,dest,air_time,distance,hour,minute,time_hour\n"
)
FLIGHT = (
    "2013,{month},1,517,515,2,830,819,{delay},{carrier},1545,N14228,{origin},IAH,227,1400,5,15,2013-01-01T10:00:00Z\n"
)


def flights(origin: str, delays: dict[str, list[str]]) -> str:
    """A file of flights: a hundred times each of the carrier's delays, in January."""
    rows = [
        FLIGHT.format(month=1, delay=delay, carrier=carrier, origin=origin)
        for carrier, listed in delays.items()
        for delay in listed * 100
    ]
    return HEADER + "".join(rows)


@pytest.mark.slow
def test_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / ".demo" / "data"
    data.mkdir(parents=True)
    (data / "airlines - region 1.csv").write_text(flights("EWR", {"AA": ["20", "", "-10"]}))
    (data / "airlines - region 2.csv").write_text(flights("JFK", {"AA": ["30"], "UA": ["5", "6"]}))
    (data / "carriers.csv").write_text("carrier,name\nAA,American Airlines Inc.\nUA,United Air Lines Inc.\n")
    monkeypatch.syspath_prepend(DEMO)
    import run

    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "CACHE", tmp_path / ".demo")
    monkeypatch.setattr(run, "RECIPE", tmp_path / "delays.wrangle")
    run.RECIPE.write_text((DEMO / "delays.wrangle").read_text())
    run.main()
    run.main()
    shown = capsys.readouterr().out
    assert shown.count("→ Complete after") == 2
    assert '{"wrangledDataset": {"id": ' in shown
    [result] = (tmp_path / ".demo").glob("home/data/**/delays.csv")
    assert result.read_text() == (
        "airline,period,flights,mean_delay,late_percent,routes\n"
        "American Airlines,2013-01,300,13.3,66.7,2\n"
        "United Air Lines,2013-01,200,5.5,0.0,1\n"
    )
