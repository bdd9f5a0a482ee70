// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/reach_flags.h"

#include "app/cli/duration.h"
#include "core/base/text.h"

#include <array>

namespace netopsy::app {

namespace {

struct Flag {
    const char* name;
    const char* value; ///< nullptr: a switch
    const char* help;
};

constexpr std::array flags{
    Flag{"local", nullptr, "This machine: no cluster, no SSH."},
    Flag{"kubeconfig", "FILE", "Use this kubeconfig alone (else $KUBECONFIG, a list, else ~/.kube/config)."},
    Flag{"context", "NAME", "The kubeconfig context."},
    Flag{"nodes", "a,b", "Only these nodes."},
    Flag{"selector", "k=v", "Only nodes with these labels (k=v, k!=v, k, !k)."},
    Flag{"duration", "TIME", "How long to sample (30s)."},
    Flag{"interval", "TIME", "Time between two samples (1s)."},
    Flag{"jobs", "N", "Nodes that are connected to at once (64)."},
    Flag{"address-type", "TYPE", "InternalIP, ExternalIP or Hostname."},
    Flag{"node-address", "NODE=HOST[:PORT]", "Reach this node there (repeatable)."},
    Flag{"ssh-user", "NAME", "User to log in as."},
    Flag{"ssh-port", "PORT", "Port of sshd."},
    Flag{"identity", "FILE", "Private key to try first (repeatable)."},
    Flag{"ssh-config", "FILE", "Use this ssh_config in place of the user's and the system's."},
    Flag{"known-hosts", "FILE", "Use this known_hosts file."},
    Flag{"host-key-policy", "POLICY", "strict (an unknown host key fails) or accept-new."},
    Flag{"sudo", nullptr, "Collect as root by sudo, which must not ask for a password."},
    Flag{"dns-name", "NAME", "Also time this name (repeatable)."},
    Flag{"probe-pods", "N", "Pods of each node to measure from, too, as root there (1; 0 to 16)."},
    Flag{"probe-pod", "NS/NAME", "Measure from this pod in any case (repeatable)."},
    Flag{"no-active-probes", nullptr, "Send no DNS queries or echo requests; only read counters."},
};

Error badValue(const char* flag, const QString& value, const char* takes) {
    return {"'" + value.toStdString() + "' won't do", std::string("--") + flag, std::string("it takes ") + takes};
}

Result<int> number(const QCommandLineParser& parser, const char* flag, int low, int high, int fallback) {
    const QString name = QString::fromLatin1(flag);
    if (!parser.isSet(name))
        return fallback;
    const auto value = text::toInt(parser.value(name).toStdString());
    if (!value || *value < low || *value > high)
        return tl::unexpected(
            badValue(flag, parser.value(name),
                     ("a whole number from " + std::to_string(low) + " to " + std::to_string(high)).c_str()));
    return static_cast<int>(*value);
}

Result<double> seconds(const QCommandLineParser& parser, const char* flag, double low, double high,
                       double fallback) {
    const QString name = QString::fromLatin1(flag);
    if (!parser.isSet(name))
        return fallback;
    const auto value = parseDuration(parser.value(name).toStdString());
    if (!value || *value < low || *value > high)
        return tl::unexpected(badValue(
            flag, parser.value(name),
            ("a time such as 500ms, 30s or 2m, from " + text::number(low) + " s to " + text::number(high) + " s")
                .c_str()));
    return *value;
}

std::vector<std::string> list(const QCommandLineParser& parser, const char* flag) {
    std::vector<std::string> out;
    for (const QString& value : parser.values(QString::fromLatin1(flag)))
        for (const QString& item : value.split(QLatin1Char(','), Qt::SkipEmptyParts))
            out.push_back(item.trimmed().toStdString());
    return out;
}

Result<void> readPlan(const QCommandLineParser& parser, run::PlanOptions& plan) {
    const auto value = [&](const char* flag) { return parser.value(QString::fromLatin1(flag)); };
    plan.nodes = list(parser, "nodes");
    plan.selector = value("selector").toStdString();
    for (const QString& name : parser.values(QStringLiteral("dns-name"))) {
        if (name.isEmpty() || name.size() > 253)
            return tl::unexpected(badValue("dns-name", name, "a name of 1 to 253 characters"));
        plan.dnsNames.push_back(name.toStdString());
    }
    for (const QString& name : parser.values(QStringLiteral("probe-pod"))) {
        const auto slash = name.indexOf(QLatin1Char('/'));
        if (slash < 1 || slash == name.size() - 1 || name.count(QLatin1Char('/')) != 1)
            return tl::unexpected(badValue("probe-pod", name, "NAMESPACE/NAME"));
        plan.pods.push_back(name.toStdString());
    }
    plan.activeProbes = !parser.isSet(QStringLiteral("no-active-probes"));
    plan.sudo = parser.isSet(QStringLiteral("sudo"));
    if (const QString type = value("address-type"); !type.isEmpty()) {
        if (type != QStringLiteral("InternalIP") && type != QStringLiteral("ExternalIP") &&
            type != QStringLiteral("Hostname"))
            return tl::unexpected(badValue("address-type", type, "InternalIP, ExternalIP or Hostname"));
        plan.addressType = type.toStdString();
    }
    for (const QString& given : parser.values(QStringLiteral("node-address"))) {
        const auto equals = given.indexOf(QLatin1Char('='));
        if (equals < 1 || equals == given.size() - 1)
            return tl::unexpected(badValue("node-address", given, "NODE=HOST[:PORT]"));
        plan.nodeAddress[given.left(equals).toStdString()] = given.mid(equals + 1).toStdString();
    }
    const auto duration = seconds(parser, "duration", 1, 86400, plan.durationS);
    const auto interval = seconds(parser, "interval", 0.1, 600, plan.intervalS);
    const auto jobs = number(parser, "jobs", 1, 512, plan.jobs);
    const auto pods = number(parser, "probe-pods", 0, run::mostPodsPerNode, plan.podsPerNode);
    if (!duration)
        return tl::unexpected(duration.error());
    if (!interval)
        return tl::unexpected(interval.error());
    if (!jobs)
        return tl::unexpected(jobs.error());
    if (!pods)
        return tl::unexpected(pods.error());
    plan.durationS = *duration;
    plan.intervalS = *interval;
    plan.jobs = *jobs;
    plan.podsPerNode = *pods;
    if (!plan.activeProbes && !plan.pods.empty())
        return fail("--probe-pod has nothing to do with --no-active-probes", "--probe-pod", "give one of the two");
    return {};
}

Result<void> readSsh(const QCommandLineParser& parser, ssh::Options& ssh) {
    const auto value = [&](const char* flag) { return parser.value(QString::fromLatin1(flag)); };
    const auto port = number(parser, "ssh-port", 1, 65535, 0);
    if (!port)
        return tl::unexpected(port.error());
    ssh.port = *port;
    ssh.user = value("ssh-user").toStdString();
    for (const QString& file : parser.values(QStringLiteral("identity")))
        ssh.identities.emplace_back(file.toStdString());
    ssh.configFile = value("ssh-config").toStdString();
    ssh.knownHosts = value("known-hosts").toStdString();
    const QString policy = value("host-key-policy");
    ssh.hostKeyPolicyIsExplicit = !policy.isEmpty();
    if (policy == QStringLiteral("accept-new"))
        ssh.hostKeyPolicy = ssh::HostKeyPolicy::AcceptNew;
    else if (!policy.isEmpty() && policy != QStringLiteral("strict"))
        return tl::unexpected(badValue("host-key-policy", policy, "strict or accept-new"));
    return {};
}

} // namespace

void addReachFlags(QCommandLineParser& parser) {
    for (const Flag& flag : flags) {
        const QString name = QString::fromLatin1(flag.name), help = QString::fromUtf8(flag.help);
        parser.addOption(flag.value ? QCommandLineOption(name, help, QString::fromLatin1(flag.value))
                                    : QCommandLineOption(name, help));
    }
}

Result<run::AutopsyOptions> readReachFlags(const QCommandLineParser& parser) {
    run::AutopsyOptions options;
    options.local = parser.isSet(QStringLiteral("local"));
    if (parser.isSet(QStringLiteral("kubeconfig")))
        options.kubeconfig = parser.value(QStringLiteral("kubeconfig")).toStdString();
    options.context = parser.value(QStringLiteral("context")).toStdString();
    if (options.local && parser.isSet(QStringLiteral("context")))
        return fail("--local and --context exclude each other", {}, "give one of them");
    if (!options.local && options.context.empty())
        return fail("which cluster?", {}, "give --context NAME (netopsy contexts lists them), or --local");
    if (auto plan = readPlan(parser, options.plan); !plan)
        return tl::unexpected(plan.error());
    if (options.local && !options.plan.pods.empty())
        return fail("--probe-pod needs a cluster, which tells where the pod is", "--probe-pod",
                    "give --context NAME in place of --local");
    if (auto ssh = readSsh(parser, options.ssh); !ssh)
        return tl::unexpected(ssh.error());
    return options;
}

} // namespace netopsy::app
