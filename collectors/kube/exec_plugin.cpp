// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/exec_plugin.h"

#include "collectors/kube/tls.h"
#include "core/base/text.h"

#include <QDateTime>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <csignal>

namespace netopsy::kube {

namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr auto group = "client.authentication.k8s.io/";

std::string place(const ExecPlugin& plugin) {
    return "exec plugin " + plugin.command;
}

Result<void> checkPlugin(const ExecPlugin& plugin) {
    if (plugin.command.empty())
        return fail("has no command", "exec plugin", "complete the kubeconfig's user");
    if (plugin.apiVersion != std::string(group) + "v1" && plugin.apiVersion != std::string(group) + "v1beta1")
        return fail("asks for the API version \"" + plugin.apiVersion + "\", which is not supported",
                    place(plugin), "v1 and v1beta1 are; update the plugin and the kubeconfig");
    const std::string& mode = plugin.interactiveMode;
    if (mode.empty() && plugin.apiVersion == std::string(group) + "v1")
        return fail("has no interactiveMode, which v1 demands", place(plugin),
                    "set it to IfAvailable in the kubeconfig");
    if (mode == "Always")
        return fail("wants a terminal, and there is none", place(plugin),
                    "log in with kubectl first, or use a plugin with interactiveMode IfAvailable");
    if (!mode.empty() && mode != "Never" && mode != "IfAvailable")
        return fail("has an unknown interactiveMode \"" + mode + "\"", place(plugin));
    return {};
}

Result<json> execInfo(const ExecPlugin& plugin, const Cluster& cluster) {
    json spec{{"interactive", false}};
    if (plugin.provideClusterInfo) {
        json info{{"server", cluster.server}, {"config", nullptr}};
        std::string ca = cluster.caData;
        if (ca.empty() && !cluster.caFile.empty()) {
            auto read = readSmallFile(cluster.caFile, "certificate-authority");
            if (!read)
                return tl::unexpected(read.error());
            ca = std::move(*read);
        }
        if (!ca.empty())
            info["certificate-authority-data"] = QByteArray::fromStdString(ca).toBase64().toStdString();
        if (!cluster.tlsServerName.empty())
            info["tls-server-name"] = cluster.tlsServerName;
        if (cluster.insecureSkipTlsVerify)
            info["insecure-skip-tls-verify"] = true;
        if (!cluster.proxyUrl.empty())
            info["proxy-url"] = cluster.proxyUrl;
        spec["cluster"] = std::move(info);
    }
    return json{{"apiVersion", plugin.apiVersion}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}};
}

std::string lastLine(const QByteArray& bytes) {
    constexpr std::size_t longest = 300;
    const std::string all =
        text::printable(std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
    std::string last;
    for (const std::string_view line : text::lines(all))
        if (const std::string_view trimmed = text::trim(line); !trimmed.empty())
            last = trimmed.substr(0, longest);
    return last;
}

/// The plugin may have started others; they form one group, and all of it ends.
void endGroup(QProcess& process) {
    if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0)
        ::kill(-pid, SIGKILL);
    process.kill();
    process.waitForFinished(1000);
}

/// Waits for the end within the limits; an error ends the plugin.
Result<QByteArray> await(QProcess& process, const ExecPlugin& plugin, const std::stop_token& stop,
                         const ExecLimits& limits, QByteArray& errors) {
    constexpr qsizetype keptErrors = qsizetype{64} * 1024;
    QByteArray output;
    const auto deadline = steady_clock::now() + limits.time;
    for (;;) {
        const bool ended = process.state() == QProcess::NotRunning || process.waitForFinished(50);
        output += process.readAllStandardOutput();
        errors += process.readAllStandardError();
        if (errors.size() > keptErrors)
            errors = errors.right(keptErrors);
        std::string broken;
        if (static_cast<std::size_t>(output.size()) > limits.outputBytes)
            broken = "wrote more than " + text::integer(limits.outputBytes) + " bytes";
        else if (ended)
            return output;
        else if (stop.stop_requested())
            broken = "was cancelled";
        else if (steady_clock::now() > deadline)
            broken = "did not end within " + text::duration(static_cast<double>(limits.time.count()) * 1e6);
        if (!broken.empty()) {
            endGroup(process);
            const std::string said = lastLine(errors);
            return fail(broken + (said.empty() ? "" : "; its last words: " + said), place(plugin),
                        "run it by hand to see what it waits for");
        }
    }
}

} // namespace

Result<ExecCredential> parseExecCredential(const std::string& output, const std::string& apiVersion) {
    const auto wrong = [](std::string what) {
        return fail(std::move(what), "exec plugin's answer", "update the plugin");
    };
    const json answer = json::parse(output, nullptr, false);
    if (answer.is_discarded() || !answer.is_object())
        return wrong("is no JSON object");
    const auto text = [](const json& object, const char* key) {
        const auto found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
    };
    if (text(answer, "kind") != "ExecCredential")
        return wrong("is no ExecCredential");
    if (text(answer, "apiVersion") != apiVersion)
        return wrong("has another apiVersion than the kubeconfig asks for (" + apiVersion + ")");
    const auto status = answer.find("status");
    if (status == answer.end() || !status->is_object())
        return wrong("has no status");
    ExecCredential out{
        text(*status, "token"), text(*status, "clientCertificateData"), text(*status, "clientKeyData"), {}};
    if (out.certificate.empty() != out.key.empty())
        return wrong("has only one of client certificate and key");
    if (out.token.empty() && out.certificate.empty())
        return wrong("holds neither a token nor a certificate");
    if (const std::string until = text(*status, "expirationTimestamp"); !until.empty()) {
        const QDateTime at = QDateTime::fromString(QString::fromStdString(until), Qt::ISODateWithMs);
        if (!at.isValid())
            return wrong("has an expirationTimestamp that is no RFC 3339 time");
        out.expires = std::chrono::system_clock::time_point(std::chrono::milliseconds(at.toMSecsSinceEpoch()));
    }
    return out;
}

Result<ExecCredential> runExecPlugin(const ExecPlugin& plugin, const Cluster& cluster, const std::stop_token& stop,
                                     const ExecLimits& limits) {
    if (auto checked = checkPlugin(plugin); !checked)
        return tl::unexpected(checked.error());
    const QString command = QString::fromStdString(plugin.command);
    const QString program = command.contains(QLatin1Char('/')) ? command : QStandardPaths::findExecutable(command);
    if (program.isEmpty() || !QFileInfo(program).isExecutable())
        return fail("no such program", place(plugin),
                    plugin.installHint.empty() ? "install it, or put it into PATH"
                                               : text::printable(plugin.installHint));
    auto info = execInfo(plugin, cluster);
    if (!info)
        return tl::unexpected(info.error());

    QProcess process;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const auto& [name, value] : plugin.env)
        variables.insert(QString::fromStdString(name), QString::fromStdString(value));
    variables.insert(QStringLiteral("KUBERNETES_EXEC_INFO"), QString::fromStdString(info->dump()));
    process.setProcessEnvironment(variables);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setChildProcessModifier([] { ::setpgid(0, 0); });
    QStringList arguments;
    for (const std::string& argument : plugin.args)
        arguments << QString::fromStdString(argument);
    process.start(program, arguments, QIODevice::ReadOnly);
    if (!process.waitForStarted(5000))
        return fail("cannot be started: " + process.errorString().toStdString(), place(plugin));

    QByteArray errors;
    auto output = await(process, plugin, stop, limits, errors);
    if (!output)
        return tl::unexpected(output.error());
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        const std::string said = lastLine(errors);
        const std::string how = process.exitStatus() == QProcess::NormalExit
                                    ? "ended with " + std::to_string(process.exitCode())
                                    : std::string("crashed");
        return fail(how + (said.empty() ? ", saying nothing" : ": " + said), place(plugin),
                    "run it by hand, or log in again");
    }
    auto credential = parseExecCredential(output->toStdString(), plugin.apiVersion);
    if (!credential)
        return fail(credential.error().what, place(plugin), credential.error().remedy);
    return credential;
}

} // namespace netopsy::kube
