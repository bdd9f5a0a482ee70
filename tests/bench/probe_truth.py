#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""netopsy-probe, dig and ping against known delays, in one run on loopback; prints a table. Not a test: its figures
are of the machine it runs on.

    tests/bench/probe_truth.py build/dev/collectors/probe/netopsy-probe [SECONDS]

The forwarder stamps each query's receipt by the kernel and notes how long it really held the answer; that is the truth
each tool's time is compared with, quantile by quantile."""
import heapq, itertools, math, os, select, socket, struct, subprocess, sys, threading, time

PROBE, SECONDS = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30
NAME = "kubernetes.default.svc.cluster.local."


def answer(query):
    end = query.index(b"\0", 12) + 5
    record = b"\xc0\x0c" + query[end - 4:end] + struct.pack("!IH", 30, 4 if query[end - 3] == 1 else 16)
    return query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + query[12:end] + record + b"\x0a" * (4 if query[end - 3] == 1 else 16)


class Resolver(threading.Thread):
    """Answers after delays(turn) seconds; `held` keeps what that really was."""
    def __init__(self, delays):
        super().__init__(daemon=True)
        self.delays, self.held, self.turn, self.stop = delays, [], 0, False
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
        self.s.bind(("127.0.0.1", 0))
        self.port = self.s.getsockname()[1]
        self.tcp = socket.create_server(("127.0.0.1", self.port))

    def run(self):
        due, order = [], itertools.count()
        while not self.stop:
            wait = max(0, due[0][0] - time.time()) if due else 0.1
            ready, _, _ = select.select([self.s, self.tcp], [], [], wait)
            if self.tcp in ready:  # answered at once and not counted: dig here asks over UDP only
                c, _ = self.tcp.accept()
                q = c.recv(600)[2:]
                a = answer(q)
                c.sendall(struct.pack("!H", len(a)) + a)
                c.close()
            if self.s in ready:
                query, control, _, sender = self.s.recvmsg(600, 128)
                sec, ns = struct.unpack("qq", next(d for l, t, d in control if l == 1 and t == 35)[:16])
                at = sec + ns / 1e9
                heapq.heappush(due, (at + self.delays(self.turn), next(order), at, sender, answer(query)))
                self.turn += 1
            while due and due[0][0] <= time.time():
                _, _, at, sender, message = heapq.heappop(due)
                now = time.time()
                self.s.sendto(message, sender)
                self.held.append(now - at)


def rank(values, q):
    values = sorted(values)
    return values[max(0, math.ceil(q * len(values) - 1e-9) - 1)] if values else float("nan")


def row(tool, truth, told):
    cells = [f"{1e3 * rank(truth, q):9.3f} {1e3 * rank(told, q):9.3f} {1e3 * (rank(told, q) - rank(truth, q)):+8.3f}"
             for q in (0.5, 0.9, 0.99)]
    print(f"{tool:<30}{len(told):>6}  " + "   ".join(cells))


def probe(plan):
    out = subprocess.run([PROBE], input="netopsy-probe-plan 1\n" + plan + "end\n", capture_output=True, text=True,
                         timeout=SECONDS + 30).stdout.splitlines()
    udp = {l.split()[1] for l in out if l.startswith("S ") and l.split()[2] == "dns" and l.split()[8] == "udp"}
    dns = [int(l.split()[4]) / 1e9 for l in out if l.startswith("D ") and l.split()[3] == "a" and l.split()[1] in udp]
    rtt = [int(l.split()[3]) / 1e9 for l in out if l.startswith("R ") and l.split()[3] != "-1"]
    end = next(l.split() for l in out if l.startswith("E "))
    return dns, rtt, end


def dig(port, seconds):
    times, end = [], time.time() + seconds
    while time.time() < end:
        out = subprocess.run(["dig", "-u", "+tries=1", "-p", str(port), "@127.0.0.1", NAME, "A"], capture_output=True,
                             text=True).stdout
        times += [int(l.split()[3]) / 1e6 for l in out.splitlines() if l.startswith(";; Query time:")]
    return times


def burn():
    return [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2 * os.cpu_count())]


quick = lambda turn: 0.0
spread = lambda turn: 0.0005 + (0.040 if turn % 50 == 7 else 0.008 if turn % 10 == 3 else 0)
print(f"{'ms':<30}{'n':>6}  {'p50 held':>9} {'told':>9} {'error':>8}   {'p90 held':>9} {'told':>9} {'error':>8}   "
      f"{'p99 held':>9} {'told':>9} {'error':>8}")
for label, delays in (("undelayed", quick), ("10 % at 8 ms, 2 % at 40 ms", spread)):
    for load in (False, True):
        burners = burn() if load else []
        try:
            r = Resolver(delays)
            r.start()
            dns, rtt, end = probe(f"duration {int(SECONDS * 1000)}\nseed 3\ndns 127.0.0.1#{r.port} service 1 {NAME}\n"
                                  "peer self 127.0.0.1 underlay\n")
            print(f"-- {label}{', all CPUs busy' if load else ''}: probe's CPU {int(end[6]) / 1e3:.0f} ms in "
                  f"{int(end[1]) / 1e9:.0f} s, {end[2]} sends, late by {int(end[3]) / 1e3:.0f} µs in the mean, "
                  f"{int(end[4]) / 1e3:.0f} µs at most")
            row("netopsy-probe", r.held, dns)
            r.held.clear()
            times = dig(r.port, SECONDS / 2)
            row("dig -u", r.held, times)
            out = subprocess.run(["ping", "-n", "-i0.02", "-c", "500", "127.0.0.1"],
                                 capture_output=True, text=True).stdout
            ping = [float(l.split("time=")[1].split()[0]) / 1e3 for l in out.splitlines() if "time=" in l]
            for tool, values in (("round trip: probe", rtt), ("round trip: ping", ping)):
                print(f"{tool:<30}{len(values):>6}  " + "   ".join(
                    f"p{int(q * 100)} {1e3 * rank(values, q):.3f}" for q in (0.5, 0.9, 0.99)))
            r.stop = True
        finally:
            for b in burners:
                b.kill()
                b.wait()
