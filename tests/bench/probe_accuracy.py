#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""netopsy-probe, dnsperf, dig and ping against the wire, on the lab, in one run; prints a table. Not a test: its
figures are of the machine it runs on.

    sudo tests/bench/probe_accuracy.py PROBE [--seconds 30] [--busy]

Each tool runs on node1, one after the other. The truth for each is what the kernel stamped when its packets passed
node1's own device, out and in: so each is judged by its own exchanges, and none by another's. Besides the lab's own
ways there is one with known delays: a forwarder, a pair of tun devices between node1 and node2, holds each packet
towards node2 for 5, 10 or 40 ms, of which each hundred has exactly 70, 25 and 5: p50 is 5 ms and p99 is 40 ms,
whoever counts.

The probe's plan gives it all CPU it wants, so that it samples as densely as the others; the last row is of the plan
that a run has, with what that costs the node. A figure is told to be true within 3 % or 20 µs of the wire's, whichever
is more; the probe is told against the other tools by the same measure where what is held outweighs what differs from one
tool's minute to the next's. --busy has every CPU burn besides."""
import argparse, ctypes, fcntl, heapq, itertools, math, os, random, re, select, shutil, socket, struct, subprocess
import sys, tempfile, time

NAME = "kubernetes.default.svc.cluster.local."
NEAR, FAR = "10.99.0.1", "10.99.0.2"
LEVELS = [0.005] * 70 + [0.010] * 25 + [0.040] * 5
CLONE_NEWNET, TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x40000000, 0x400454CA, 1, 0x1000
SO_TIMESTAMPNS, PACKET_OUTGOING, ETH_P_ALL = 35, 4, 3
libc = ctypes.CDLL(None, use_errno=True)


def sh(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def inside(netns):
    fd = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"setns {netns}")
    os.close(fd)


def tun(netns, name, address):
    inside(netns)
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    sh("ip", "-n", netns, "addr", "add", f"{address}/24", "dev", name)
    sh("ip", "-n", netns, "link", "set", name, "up")
    return fd


class Wire:
    """Stamps of echoes and DNS messages on a device, by what pairs a request with its answer."""
    def __init__(self, netns, device):
        inside(netns)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
        self.socket.bind((device, ETH_P_ALL))
        self.socket.setblocking(False)
        self.clear()

    def clear(self):
        self.sent, self.times = {}, {"echo": [], "dns": []}

    def read(self):
        while True:
            try:
                data, control, _, origin = self.socket.recvmsg(96, 64)
            except BlockingIOError:
                return
            if len(data) < 32 or data[0] >> 4 != 4:
                continue
            sec, ns = struct.unpack("qq", next(d for l, t, d in control if t == SO_TIMESTAMPNS)[:16])
            at, body, peers = sec * 10**9 + ns, data[(data[0] & 15) * 4:], (data[12:16], data[16:20])
            out = origin[2] == PACKET_OUTGOING
            if data[9] == 1 and body[0] == (8 if out else 0) and struct.unpack("!H", data[2:4])[0] == 84:
                kind, key = "echo", body[4:8]
            elif data[9] == 17 and struct.unpack("!H", body[2:4] if out else body[0:2])[0] == 53:
                kind, key = "dns", (body[0:2] if out else body[2:4]) + body[8:10]
            else:
                continue
            key = (kind, peers[1] if out else peers[0], key)
            if out:
                self.sent[key] = at
            elif key in self.sent:
                self.times[kind].append(at - self.sent.pop(key))


class Forwarder:
    """From one tun to the other; `delays` only on the way there."""
    def __init__(self, near, far):
        self.near, self.far, self.due, self.order = near, far, [], itertools.count()
        self.restart()

    def restart(self):
        self.random, self.left = random.Random(7), []

    def delay(self):
        if not self.left:
            self.left = list(LEVELS)
            self.random.shuffle(self.left)
        return self.left.pop()

    def pump(self):
        """Passes on what is there and due; seconds until the next is, or None."""
        for fd in (self.far, self.near):
            while True:
                try:
                    packet = os.read(fd, 2048)
                except BlockingIOError:
                    break
                if fd == self.far:
                    os.write(self.near, packet)
                elif packet[0] >> 4 == 4:
                    heapq.heappush(self.due, (time.monotonic() + self.delay(), next(self.order), packet))
        while self.due and self.due[0][0] <= time.monotonic():
            os.write(self.far, heapq.heappop(self.due)[2])
        return max(0, self.due[0][0] - time.monotonic()) if self.due else None


class Bench:
    def __init__(self, prefix):
        self.node1, self.node2 = prefix + "node1", prefix + "node2"
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.forwarder = Forwarder(tun(self.node1, "nacc0", NEAR), tun(self.node2, "nacc0", FAR))
        rules = sh("ip", "netns", "exec", self.node2, "iptables-save", "-t", "nat")
        self.dns_pod = re.search(r"--to-destination (10\.244\.2\.\d+):53", rules)[1]
        self.rule = ["PREROUTING", "-d", FAR, "-p", "udp", "--dport", "53", "-j", "DNAT", "--to", self.dns_pod + ":53"]
        sh("ip", "netns", "exec", self.node2, "iptables", "-t", "nat", "-I", *self.rule)
        self.wires = {d: Wire(self.node1, d) for d in ("eth0", "flannel.1", "nacc0")}
        libc.setns(home, CLONE_NEWNET)
        os.close(home)
        with open("/proc/self/timerslack_ns", "w") as slack:
            slack.write("1000")

    def close(self):
        sh("ip", "netns", "exec", self.node2, "iptables", "-t", "nat", "-D", *self.rule)

    def run(self, command, text=""):
        """What it printed, with the forwarder and the captures kept going."""
        for wire in self.wires.values():
            wire.read()
            wire.clear()
        self.forwarder.restart()
        with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out:
            given.write(text)
            given.seek(0)
            child = subprocess.Popen(["ip", "netns", "exec", self.node1, *command], stdin=given, stdout=out,
                                     stderr=subprocess.STDOUT)
            over = None
            while over is None or time.monotonic() < over:
                wait = self.forwarder.pump()
                select.select([self.forwarder.near, self.forwarder.far], [], [], 0.02 if wait is None else min(wait, 0.02))
                for wire in self.wires.values():
                    if self.forwarder.due == [] or self.forwarder.due[0][0] - time.monotonic() > 0.0005:
                        wire.read()
                if over is None and child.poll() is not None:
                    over = time.monotonic() + 0.2
            out.seek(0)
            return out.read()


def rank(values, q):
    values = sorted(values)
    return values[max(0, math.ceil(q * len(values) - 1e-9) - 1)] if values else float("nan")


def row(tool, told, truth, extra=""):
    """Times in ns; returns what was told."""
    cells, good = [], True
    for q in (0.5, 0.99):
        expected, value = rank(truth, q), rank(told, q)
        cells.append(f"{expected / 1e3:10.1f} {value / 1e3:10.1f} {(value - expected) / 1e3:+8.1f}")
        good = good and abs(value - expected) <= max(0.03 * expected, 20_000)
    print(f"  {tool:<24}{len(told):>6}{len(truth):>6}  {'  '.join(cells)}  {'true' if good else 'OFF'}{extra}")
    return told


def probe_lines(out):
    series = {tuple(l.split()[2:0:-1]): l.split()[2:] for l in out.splitlines() if l.startswith("S ")}
    times = {}
    for l in out.splitlines():
        f = l.split()
        if l.startswith("R ") and int(f[3]) >= 0:
            times.setdefault(series["rtt", f[1]][2], []).append(int(f[3]))
        elif l.startswith("D ") and f[3] in "ac" and series["dns", f[1]][6] == "udp":
            times.setdefault("dns", []).append(int(f[4]))
    end = next((l.split() for l in out.splitlines() if l.startswith("E ")), None)
    if end is None:
        sys.exit("the probe did not end well:\n" + out[:2000])
    taint = sum(l.startswith("T ") for l in out.splitlines())
    return times, f"  {int(end[6]) / 1e3:.0f} ms of CPU in {int(end[1]) / 1e9:.0f} s, {taint} disturbances"


def dig(bench, address, seconds):
    loop = (f"end=$(( $(date +%s) + {seconds} )); while [ $(date +%s) -lt $end ]; do "
            f"dig -u +tries=1 +noall +stats @{address} {NAME} A; done")
    return [int(m) * 1000 for m in re.findall(r"Query time: (\d+) usec", bench.run(["sh", "-c", loop]))]


def echoes(bench, way, to, seconds):
    out = bench.run([PROBE], f"{plan(seconds)}rtt-interval 20\npeer node2 {to} underlay\nend\n")
    times, cost = probe_lines(out)
    wire = bench.wires[way]
    ours = row("echo: netopsy-probe", times.get(to, []), wire.times["echo"], cost)
    out = bench.run(["ping", "-n", "-i0.02", "-c", str(seconds * 50), to])
    pings = [round(float(t) * 1e6) for t in re.findall(r"time=([\d.]+) ms", out)]
    return ours, row("echo: ping -i 0.02", pings, wire.times["echo"])


def queries(bench, way, to, seconds):
    out = bench.run([PROBE], f"{plan(seconds)}dns-interval 40\ndns {to} pod 1 {NAME}\nend\n")
    times, cost = probe_lines(out)
    wire = bench.wires[way]
    ours = row("DNS: netopsy-probe", times.get("dns", []), wire.times["dns"], cost)
    with tempfile.NamedTemporaryFile("w") as names:
        names.write(f"{NAME} A\n{NAME} AAAA\n")
        names.flush()
        out = bench.run(["dnsperf", "-s", to, "-d", names.name, "-l", str(seconds), "-Q50", "-v"])
    answers = re.findall(r"^> NOERROR \S+ \S+ ([\d.]+)$", out, re.M)
    theirs = row("DNS: dnsperf -Q 50", [round(float(t) * 1e9) for t in answers], wire.times["dns"])
    return ours, theirs, row("DNS: dig -u", dig(bench, to, max(2, seconds // 2)), wire.times["dns"])


def plan(seconds):
    return f"netopsy-probe-plan 1\nduration {seconds * 1000}\nseed 3\ncpu-share 1000000\n"


def as_run(bench, overlay, seconds):
    peers = "".join(f"peer node{n} {a} {p}\n" for n, a, p in (
        (2, UNDERLAY + "12", "underlay"), (2, overlay, "overlay"),
        (3, UNDERLAY + "13", "underlay"), (3, "10.244.3.2", "overlay")))
    out = bench.run([PROBE], f"netopsy-probe-plan 1\nduration {seconds * 1000}\nseed 3\n{peers}"
                             f"dns {bench.dns_pod} pod 1 {NAME}\ndns 10.96.0.10 service 1 {NAME}\nend\n")
    times, cost = probe_lines(out)
    print("as a run has it: four ways by echo, two resolvers, 0.25 % of a CPU")
    row("echo: underlay", times[UNDERLAY + "12"] + times[UNDERLAY + "13"], bench.wires["eth0"].times["echo"], cost)
    row("echo: overlay", times[overlay] + times["10.244.3.2"], bench.wires["flannel.1"].times["echo"])


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("probe")
parser.add_argument("--seconds", type=int, default=30)
parser.add_argument("--busy", action="store_true")
args = parser.parse_args()
sys.stdout.reconfigure(line_buffering=True)
PROBE = os.path.abspath(args.probe)
for needed in ("dnsperf", "dig", "ping"):
    if not shutil.which(needed):
        sys.exit(f"{needed} is not there: apt-get install dnsperf bind9-dnsutils iputils-ping")
LAB = os.environ.get("NETOPSY_LAB_ID", "0")
UNDERLAY = f"10.199.{LAB}."
burners = []
bench = Bench("nlab-" if LAB == "0" else f"nlab{LAB}-")
try:
    if args.busy:
        burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2 * os.cpu_count())]
    print(f"{'µs':<26}{'told':>6}{'wire':>6}  {'p50 wire':>10} {'told':>10} {'off by':>8}  {'p99 wire':>10} {'told':>10} {'off by':>8}")
    print("underlay: node1's eth0 to node2")
    echoes(bench, "eth0", UNDERLAY + "12", args.seconds)
    print("overlay: by flannel.1 to pods of node2")
    echoes(bench, "flannel.1", "10.244.2.2", args.seconds)
    queries(bench, "flannel.1", bench.dns_pod, args.seconds)
    print("by the forwarder: 70 % held for 5 ms, 25 % for 10 ms, 5 % for 40 ms")
    ours, ping = echoes(bench, "nacc0", FAR, args.seconds)
    asked, dnsperf, dug = queries(bench, "nacc0", FAR, args.seconds)
    print("the same figures of netopsy-probe, against what the others told")
    row("echo: against ping", ours, ping)
    row("DNS: against dnsperf", asked, dnsperf)
    row("DNS: against dig", asked, dug)
    as_run(bench, "10.244.2.2", args.seconds)
finally:
    for burner in burners:
        burner.kill()
        burner.wait()
    bench.close()
