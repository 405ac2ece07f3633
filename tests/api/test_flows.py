from __future__ import annotations


def test_create(admin):
    r = admin.post("/v4/flows/", json={"name": "a", "description": None})
    print(r.text)
    assert r.status_code == 201
    r = admin.get("/v4/FLOWS/1?embed=flowNodes.recipe")
    print(r.text)
    r = admin.get("/v4/flows")
    print(r.text)
    assert 0
