// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/words.h"

#include "core/analysis/locate.h"
#include "core/base/text.h"
#include "ui/format.h"

#include <QCoreApplication>

#include <array>

namespace netopsy::ui::diagram {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(netopsy::ui::diagram::Words)
};

constexpr int longest = 200; ///< characters of a label on the picture; the detail has it whole

QString capped(QString text) {
    if (text.size() > longest)
        text = text.left(longest - 1) + QChar(0x2026);
    return text;
}

QString stack(const std::vector<path::Header>& headers) {
    QStringList out;
    for (const path::Header& header : headers)
        out << QStringLiteral("%1 %2").arg(onOneLine(header.name)).arg(header.bytes);
    return out.join(QStringLiteral(", ")) + QStringLiteral(" = ") + bytes(bytesOf(headers));
}

template<class T>
QString orReason(const Reading<T>& reading, const QString& value) {
    return reading ? value : Words::tr("not known (%1)").arg(onOneLine(reading.reason()));
}

QString count(const Reading<std::uint64_t>& reading) {
    return reading ? QString::fromStdString(text::integer(*reading)) : QString();
}

/// The offloads that bear on a tunnel's speed, by ethtool's names, and what they are called among people.
struct Offload {
    const char* name;
    const char* people;
};
constexpr std::array<Offload, 7> known{{{"tcp-segmentation-offload", "TSO"},
                                        {"generic-segmentation-offload", "GSO"},
                                        {"generic-receive-offload", "GRO"},
                                        {"large-receive-offload", "LRO"},
                                        {"tx-checksumming", "tx‑csum"},
                                        {"rx-checksumming", "rx‑csum"},
                                        {"tx-udp_tnl-segmentation", "tnl‑seg"}}};

QString offloadWords(const std::map<std::string, bool>& offloads) {
    QStringList on, off;
    for (const Offload& one : known)
        if (const auto found = offloads.find(one.name); found != offloads.end())
            (found->second ? on : off) << QString::fromUtf8(one.people);
    QStringList out;
    if (!on.isEmpty())
        out << Words::tr("on: %1").arg(on.join(QLatin1Char(' ')));
    if (!off.isEmpty())
        out << Words::tr("off: %1").arg(off.join(QLatin1Char(' ')));
    return out.join(QStringLiteral("; "));
}

} // namespace

std::vector<Mark> marksOf(const path::Path& path, std::span<const analysis::Finding> findings) {
    std::vector<Mark> out;
    std::vector<bool> placed(findings.size());
    const auto place = [&](const path::Path& way, std::size_t first) {
        const auto located = analysis::locate(way, findings);
        for (std::size_t i = 0; i < located.size(); ++i)
            for (const std::size_t f : located[i])
                if (!placed[f]) {
                    placed[f] = true;
                    out.push_back({first + i, findings[f].severity, capped(onOneLine(findings[f].title)), f});
                }
    };
    place(path, 0);
    if (!path.back.empty()) {
        path::Path reply;
        reply.hops = path.back;
        place(reply, path.hops.size());
    }
    for (std::size_t i = 0; i < hopCount(path); ++i)
        for (const std::string& problem : hopAt(path, i).problems)
            out.push_back({i, analysis::Severity::Warning, capped(onOneLine(problem)), std::nullopt});
    return out;
}

QString onOneLine(const std::string& text) {
    return shown(text).simplified();
}

QString bytes(int count) {
    const auto size = static_cast<std::uint64_t>(count < 0 ? -static_cast<std::int64_t>(count) : count);
    return (count < 0 ? QStringLiteral("−") : QString()) + QString::fromStdString(text::integer(size)) +
           QStringLiteral("\u00a0B");
}

QString kindWords(path::HopKind kind) {
    switch (kind) {
    case path::HopKind::PodInterface:
        return Words::tr("pod's interface");
    case path::HopKind::Veth:
        return Words::tr("pod's link, host end");
    case path::HopKind::Bridge:
        return Words::tr("bridge");
    case path::HopKind::Routing:
        return Words::tr("route look-up");
    case path::HopKind::Conntrack:
        return Words::tr("conntrack");
    case path::HopKind::ServiceNat:
        return Words::tr("address translation");
    case path::HopKind::Tunnel:
        return Words::tr("tunnel");
    case path::HopKind::Nic:
        return Words::tr("network card");
    case path::HopKind::Wire:
        return Words::tr("wire");
    case path::HopKind::Ebpf:
        return Words::tr("eBPF program");
    case path::HopKind::Switch:
        return Words::tr("virtual switch");
    case path::HopKind::Outside:
        return Words::tr("outside the cluster");
    }
    return {};
}

QString severityWords(analysis::Severity severity) {
    switch (severity) {
    case analysis::Severity::Critical:
        return Words::tr("critical");
    case analysis::Severity::Warning:
        return Words::tr("warning");
    case analysis::Severity::Info:
        break;
    }
    return Words::tr("info");
}

QString title(const path::Hop& hop) {
    return capped(hop.device.empty() ? kindWords(hop.kind) : onOneLine(hop.device));
}

QString subtitle(const path::Hop& hop) {
    QString rest = onOneLine(hop.label);
    const QString device = onOneLine(hop.device);
    if (!device.isEmpty() && rest.startsWith(device))
        rest = rest.mid(device.size()).trimmed();
    else if (const auto colon = rest.indexOf(QStringLiteral(": "));
             hop.device.empty() && colon > 0 &&
             (hop.kind == path::HopKind::Routing || hop.kind == path::HopKind::Conntrack))
        rest = rest.mid(colon + 2); // "routing: …" under a title that says so
    if (rest.startsWith(QLatin1Char('(')) && rest.endsWith(QLatin1Char(')')))
        rest = rest.mid(1, rest.size() - 2);
    if (rest == QStringLiteral("in ") + onOneLine(hop.netns))
        rest.clear();
    return capped(rest.isEmpty() && !device.isEmpty() ? kindWords(hop.kind) : rest);
}

QString place(const path::Hop& hop) {
    if (hop.netns.empty())
        return {};
    const QString name = capped(onOneLine(hop.netns));
    return hop.netns == "host" ? Words::tr("host") : Words::tr("pod %1").arg(name);
}

std::vector<Fact> facts(const path::Hop& hop) {
    std::vector<Fact> out;
    if (hop.drops && *hop.drops > 0)
        out.push_back({Words::tr("%1 dropped").arg(count(hop.drops)), true});
    if (hop.errors && *hop.errors > 0)
        out.push_back({Words::tr("%1 errors").arg(count(hop.errors)), true});
    if (hop.latencyNs)
        out.push_back({Words::tr("%1 of the round trip").arg(duration(static_cast<double>(*hop.latencyNs)))});
    if (const QString words = offloadWords(hop.offloads); !words.isEmpty())
        out.push_back({words});
    if (hop.assumed)
        out.push_back({Words::tr("assumed")});
    return out;
}

QStringList mtuWords(const path::Hop& hop, const std::optional<MtuUse>& use) {
    if (!use)
        return hop.device.empty() ? QStringList() : QStringList{Words::tr("MTU not known")};
    QString fill = bytes(use->packet);
    if (use->headers > 0)
        fill = Words::tr("%1 + %2").arg(QString::fromStdString(text::integer(std::uint64_t(use->packet))),
                                        bytes(use->headers));
    const int left = use->left();
    return {Words::tr("MTU %1").arg(bytes(use->mtu)), left < 0
                                                          ? Words::tr("%1: %2 too large").arg(fill, bytes(-left))
                                                      : left > 0 ? Words::tr("%1: %2 left").arg(fill, bytes(left))
                                                                 : Words::tr("%1: just fits").arg(fill)};
}

QString heading(const path::Path& path) {
    const QString ends = Words::tr("%1 to %2").arg(onOneLine(path.from), onOneLine(path.to));
    return path.ipv6 ? Words::tr("%1 (IPv6)").arg(ends) : ends;
}

QString backHeading(const path::Path& path) {
    return Words::tr("The reply takes another way: %1 to %2").arg(onOneLine(path.to), onOneLine(path.from));
}

QStringList problems(const path::Path& path) {
    QStringList out;
    for (const std::string& problem : path.problems)
        out << Words::tr("Problem: %1").arg(onOneLine(problem));
    return out;
}

QStringList remarks(const path::Path& path) {
    QStringList out = problems(path);
    out << (path.innerMtu ? Words::tr("The largest packet that fits every hop: %1.").arg(bytes(*path.innerMtu))
                          : Words::tr("The largest packet that fits is not known: %1.")
                                .arg(onOneLine(path.innerMtu.reason())));
    for (const std::string& note : path.notes) {
        QString words = onOneLine(note);
        if (!words.isEmpty())
            words[0] = words[0].toUpper();
        out << words;
    }
    return out;
}

QString fileName(const path::Path& path) {
    constexpr qsizetype longestName = 100;
    QString out = QStringLiteral("path");
    for (const std::string& end : {path.from, path.to}) {
        out += QLatin1Char('-');
        for (const QChar c : onOneLine(end))
            if (c.isLetterOrNumber() || c == QLatin1Char('.'))
                out += c;
            else if (!out.endsWith(QLatin1Char('-')))
                out += QLatin1Char('-');
    }
    return out.left(longestName);
}

QString detail(const path::Path& path, std::size_t index, std::span<const Mark> marks) {
    const path::Hop& hop = hopAt(path, index);
    QStringList out{onOneLine(hop.label.empty() ? hop.device : hop.label)};
    const auto row = [&out](const QString& name, const QString& value) {
        if (!value.isEmpty())
            out << Words::tr("%1: %2").arg(name, value);
    };
    for (const Mark& mark : marks)
        if (mark.hop == index)
            row(mark.finding ? Words::tr("Finding (%1)").arg(severityWords(mark.severity)) : Words::tr("Problem"),
                mark.words);
    row(Words::tr("Kind"), kindWords(hop.kind));
    row(Words::tr("Node"), onOneLine(hop.node));
    row(Words::tr("Network namespace"), onOneLine(hop.netns));
    row(Words::tr("Device"), onOneLine(hop.device));
    row(Words::tr("MTU"), orReason(hop.mtu, hop.mtu ? bytes(*hop.mtu) : QString()));
    row(Words::tr("Left of it for the inner packet"),
        orReason(hop.mtuLeft, hop.mtuLeft ? bytes(*hop.mtuLeft) : QString()));
    row(Words::tr("Adds"), hop.encapsulates.empty() ? QString() : stack(hop.encapsulates));
    row(Words::tr("Takes off"), hop.decapsulates.empty() ? QString() : stack(hop.decapsulates));
    row(Words::tr("Outer headers after it"), bytes(hop.headerBytes));
    row(Words::tr("Dropped over the run"), orReason(hop.drops, count(hop.drops)));
    row(Words::tr("Errors over the run"), orReason(hop.errors, count(hop.errors)));
    row(Words::tr("Share of the round trip"),
        orReason(hop.latencyNs, hop.latencyNs ? duration(static_cast<double>(*hop.latencyNs)) : QString()) +
            (hop.latencySource.empty() ? QString() : QStringLiteral(" (%1)").arg(onOneLine(hop.latencySource))));
    for (const auto& [name, on] : hop.offloads)
        row(onOneLine(name), on ? Words::tr("on") : Words::tr("off"));
    row(Words::tr("Known from"), onOneLine(hop.source));
    if (hop.assumed)
        out << Words::tr("Assumed from the CNI's design, not seen on the node.");
    return out.join(QLatin1Char('\n'));
}

QString spoken(const path::Path& path, std::size_t index, std::span<const Mark> marks) {
    const path::Hop& hop = hopAt(path, index);
    QStringList out{Words::tr("hop %1 of %2: %3").arg(index + 1).arg(hopCount(path)).arg(title(hop)),
                    subtitle(hop)};
    if (!hop.node.empty())
        out << Words::tr("on %1").arg(onOneLine(hop.node));
    if (hop.mtu)
        out << Words::tr("MTU %1").arg(bytes(*hop.mtu));
    for (const Fact& fact : facts(hop))
        out << fact.words;
    for (const Mark& mark : marks)
        if (mark.hop == index)
            out << severityWords(mark.severity) + QStringLiteral(": ") + mark.words;
    out.removeAll(QString());
    return out.join(QStringLiteral(", "));
}

} // namespace netopsy::ui::diagram
