// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/requests.h"

namespace netopsy::app {

namespace {
std::vector<std::string> toStd(const QStringList& list) {
    std::vector<std::string> out;
    for (const QString& item : list)
        out.push_back(item.toStdString());
    return out;
}
} // namespace

run::AutopsyOptions toOptions(const ui::AutopsyRequest& request) {
    run::AutopsyOptions options;
    options.tool = "netopsy " NETOPSY_VERSION;
    options.local = request.local;
    if (!request.kubeconfig.isEmpty())
        options.kubeconfig = request.kubeconfig.toStdString();
    options.context = request.context.toStdString();
    options.casePath = request.casePath.toStdString();

    options.plan.nodes = toStd(request.nodes);
    options.plan.dnsNames = toStd(request.dnsNames);
    options.plan.addressType = request.addressType.toStdString();
    options.plan.durationS = request.durationS;
    options.plan.intervalS = request.intervalS;
    options.plan.activeProbes = request.activeProbes;
    options.plan.podsPerNode = request.podsPerNode;
    options.plan.pods = toStd(request.pods);
    options.plan.sudo = request.sudo;

    options.ssh.user = request.sshUser.toStdString();
    options.ssh.port = request.sshPort;
    if (!request.identity.isEmpty())
        options.ssh.identities = {request.identity.toStdString()};
    options.ssh.configFile = request.sshConfig.toStdString();
    options.ssh.knownHosts = request.knownHosts.toStdString();
    options.ssh.hostKeyPolicy = ssh::HostKeyPolicy::Ask;
    return options;
}

} // namespace netopsy::app
