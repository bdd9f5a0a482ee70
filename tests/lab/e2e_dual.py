#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster of both families, as a user would look at it: e2e_dual.py NETOPSY-BINARY

Exit status 77 (skipped) without root or without IPv6.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import e2e
from e2e import absent, check, lab, located, pod, standing, Run, until


def six(address):
    return ":" in address


def healthy(folder):
    run = until(lambda r: r.status == 0 and not r.rules(), 3, folder, "dual", "--duration", "15s")
    check("exit 0", run.status == 0, run.stderr)
    check("nothing above info on a healthy lab", not run.rules(), json.dumps(run.rules()))
    case = run.show()
    for node in case["nodes"]:
        name = node["name"]
        answered = {(r["peer"], r["plane"]) for r in node["rtt"] if six(r["address"]) and r["sent"] - r["lost"] >= 10}
        peers = {n["name"] for n in case["nodes"]} - {name}
        check(f"{name} reached each peer on both planes by IPv6",
              answered == {(p, plane) for p in peers for plane in ("underlay", "overlay")}, str(answered))
        told = {(p["plane"], p["mtu"], p["expected"], p["blackhole"]) for p in node["pmtu"] if six(p["address"])}
        check(f"{name}: 70 B of a path MTU of 1,500 go to VXLAN over IPv6",
              told == {("underlay", 1500, 1500, False), ("overlay", 1430, 1430, False)}, str(told))
        asked = {d["resolver"] for d in node["dns"] if d["role"] == "service" and d["answered"] > 0}
        check(f"{name} asked the DNS Service at both of its addresses", asked == {"10.96.0.10", "fd00:10:96::a"},
              str(asked))
    for family, device, mtu in (("ipv4", "flannel.1", 1450), ("ipv6", "flannel-v6.1", 1430)):
        for end in (pod(2), e2e.DNS):
            way = run.path(pod(1), end, "--family", family)
            hops = [(h["kind"], h["device"]) for h in way["hops"]]
            check(f"to {end} by {family}: {device}", end == e2e.DNS or ("tunnel", device) in hops, json.dumps(hops))
            check("no hop is in trouble", not [h for h in way["hops"] if h["problems"]], json.dumps(way["hops"])[:3000])
        measured = [h for h in run.path(pod(1), pod(2), "--family", family)["hops"] if h["kind"] == "tunnel"]
        check(f"{device} carries {mtu} B and takes a measured time",
              measured[0]["mtu"] == mtu and measured[0]["latency_ns"] is not None, json.dumps(measured[0]))


def one_family_cut(folder):
    """What is broken for one family only is told of that family's way only."""
    lab("exec", "node2", "ip", "-6", "route", "del", "fd00:10:244:3::/64")
    run = Run(folder, "dual-route-missing", "--duration", "10s")
    check("pod-route-missing names node2", run.blames("pod-route-missing", "node2"), json.dumps(run.rules()))
    located(run, "pod-route-missing", pod(2), pod(3), "node2", "routing", "--family", "ipv6")
    absent(run, "pod-route-missing", pod(2), pod(3), "--family", "ipv4")
    absent(run, "pod-route-missing", pod(1), pod(3), "--family", "ipv6")
    absent(run, "packet-loss", pod(2), pod(3), "--family", "ipv4")
    lost = [f["title"] for f in run.findings if f["rule"] == "packet-loss"]
    check("what is lost is said to be IPv6's", all("IPv6" in title for title in lost), str(lost))


def main():
    if not Path("/proc/sys/net/ipv6").exists():
        print("NO IPv6: skipped")
        return 77
    with standing("--dual-stack"), tempfile.TemporaryDirectory(prefix="netopsy-e2e-") as folder:
        healthy(Path(folder))
        one_family_cut(Path(folder))
    print(f"{len(e2e.failures)} failed")
    return 1 if e2e.failures else 0


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("NOT ROOT: skipped")
        sys.exit(77)
    sys.exit(main())
