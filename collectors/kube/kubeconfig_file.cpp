// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/kubeconfig_file.h"

#include "collectors/kube/yaml.h"

#include <fstream>
#include <sstream>

namespace netopsy::kube {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t maxBytes =
    std::uintmax_t{4} * 1024 * 1024; ///< with all certificates inlined, files stay far below

class FileReader {
public:
    explicit FileReader(const fs::path& file) : m_file(file), m_base(fs::absolute(file).parent_path()) {}

    Kubeconfig read(const YAML::Node& root) {
        yamlMap(root, "the kubeconfig", [&](const std::string& key, const YAML::Node& value) {
            if (key == "apiVersion")
                expect(value, key, "v1");
            else if (key == "kind")
                expect(value, key, "Config");
            else if (key == "current-context")
                m_out.currentContext = yamlText(value, key);
            else if (key == "clusters")
                named(value, "clusters", "cluster", m_out.clusters, &FileReader::cluster);
            else if (key == "users")
                named(value, "users", "user", m_out.users, &FileReader::user);
            else if (key == "contexts")
                named(value, "contexts", "context", m_out.contexts, &FileReader::context);
        });
        return std::move(m_out);
    }

private:
    static void expect(const YAML::Node& node, const std::string& field, const char* wanted) {
        if (const std::string value = yamlText(node, field); !value.empty() && value != wanted)
            throw YamlFault{node.Mark().line + 1, field + " is not \"" + wanted + "\": this is no kubeconfig"};
    }

    template<class T>
    void named(const YAML::Node& list, const char* listName, const char* entryName, std::map<std::string, T>& out,
               void (FileReader::*fill)(const YAML::Node&, T&)) {
        yamlList(list, listName, [&](const YAML::Node& entry) {
            std::string name;
            T value;
            value.source = m_file;
            yamlMap(entry, listName, [&](const std::string& key, const YAML::Node& node) {
                if (key == "name")
                    name = yamlText(node, "name");
                else if (key == entryName)
                    (this->*fill)(node, value);
            });
            if (!out.emplace(name, std::move(value)).second)
                throw YamlFault{entry.Mark().line + 1, std::string(listName) + " holds \"" + name + "\" twice"};
        });
    }

    void cluster(const YAML::Node& node, Cluster& out) {
        yamlMap(node, "cluster", [&](const std::string& key, const YAML::Node& value) {
            if (key == "server")
                out.server = yamlText(value, key);
            else if (key == "tls-server-name")
                out.tlsServerName = yamlText(value, key);
            else if (key == "proxy-url")
                out.proxyUrl = yamlText(value, key);
            else if (key == "certificate-authority")
                out.caFile = path(value, key);
            else if (key == "certificate-authority-data")
                out.caData = yamlBytes(value, key);
            else if (key == "insecure-skip-tls-verify")
                out.insecureSkipTlsVerify = yamlFlag(value, key);
            else if (key == "disable-compression")
                out.disableCompression = yamlFlag(value, key);
        });
    }

    void user(const YAML::Node& node, User& out) {
        yamlMap(node, "user", [&](const std::string& key, const YAML::Node& value) {
            if (key == "client-certificate")
                out.certFile = path(value, key);
            else if (key == "client-certificate-data")
                out.certData = yamlBytes(value, key);
            else if (key == "client-key")
                out.keyFile = path(value, key);
            else if (key == "client-key-data")
                out.keyData = yamlBytes(value, key);
            else if (key == "token")
                out.token = yamlText(value, key);
            else if (key == "tokenFile")
                out.tokenFile = path(value, key);
            else if (key == "username")
                out.username = yamlText(value, key);
            else if (key == "password")
                out.password = yamlText(value, key);
            else if (key == "as")
                out.impersonate = yamlText(value, key);
            else if (key == "as-uid")
                out.impersonateUid = yamlText(value, key);
            else if (key == "as-groups")
                out.impersonateGroups = yamlTexts(value, key);
            else if (key == "as-user-extra")
                yamlMap(value, key, [&](const std::string& extra, const YAML::Node& list) {
                    out.impersonateExtra[extra] = yamlTexts(list, "as-user-extra");
                });
            else if (key == "exec")
                exec(value, out);
            else if (key == "auth-provider")
                authProvider(value, out);
        });
    }

    void exec(const YAML::Node& node, User& out) {
        if (isNull(node))
            return;
        ExecPlugin& plugin = out.exec.emplace();
        yamlMap(node, "exec", [&](const std::string& key, const YAML::Node& value) {
            if (key == "apiVersion")
                plugin.apiVersion = yamlText(value, key);
            else if (key == "command")
                plugin.command = command(yamlText(value, key));
            else if (key == "args")
                plugin.args = yamlTexts(value, key);
            else if (key == "installHint")
                plugin.installHint = yamlText(value, key);
            else if (key == "interactiveMode")
                plugin.interactiveMode = yamlText(value, key);
            else if (key == "provideClusterInfo")
                plugin.provideClusterInfo = yamlFlag(value, key);
            else if (key == "env")
                yamlList(value, key, [&](const YAML::Node& entry) {
                    std::pair<std::string, std::string> variable;
                    yamlMap(entry, "env", [&](const std::string& part, const YAML::Node& v) {
                        if (part == "name")
                            variable.first = yamlText(v, "env name");
                        else if (part == "value")
                            variable.second = yamlText(v, "env value");
                    });
                    plugin.env.push_back(std::move(variable));
                });
        });
    }

    static void authProvider(const YAML::Node& node, User& out) {
        if (isNull(node))
            return;
        std::string name;
        yamlMap(node, "auth-provider", [&](const std::string& key, const YAML::Node& value) {
            if (key == "name")
                name = yamlText(value, "auth-provider name");
        });
        out.unsupported = "the auth-provider \"" + name +
                          "\" was removed from Kubernetes in 1.26; use its exec plugin instead (" +
                          (name == "gcp"     ? "gke-gcloud-auth-plugin"
                           : name == "azure" ? "kubelogin convert-kubeconfig"
                                             : "for OIDC: kubectl oidc-login") +
                          ")";
    }

    void context(const YAML::Node& node, Context& out) {
        yamlMap(node, "context", [&](const std::string& key, const YAML::Node& value) {
            if (key == "cluster")
                out.cluster = yamlText(value, key);
            else if (key == "user")
                out.user = yamlText(value, key);
            else if (key == "namespace")
                out.ns = yamlText(value, key);
        });
    }

    [[nodiscard]] fs::path path(const YAML::Node& node, std::string_view field) const {
        const std::string value = yamlText(node, field);
        return value.empty() ? fs::path{} : (m_base / value).lexically_normal();
    }

    /// A bare word is looked for in PATH; anything with a slash counts from the file's own directory.
    [[nodiscard]] std::string command(const std::string& value) const {
        return value.find('/') == std::string::npos ? value : (m_base / value).lexically_normal().string();
    }

    fs::path m_file, m_base;
    Kubeconfig m_out;
};

} // namespace

Result<Kubeconfig> parseKubeconfig(const std::string& text, const fs::path& file) {
    try {
        const YAML::Node root = parseYaml(text);
        return FileReader(file).read(root);
    } catch (const YamlFault& fault) {
        return fail(fault.what, file.string() + (fault.line > 0 ? ":" + std::to_string(fault.line) : ""),
                    "correct the file, or choose another with --kubeconfig");
    } catch (const YAML::Exception& e) {
        return fail("not valid YAML: " + e.msg, file.string(), "correct the file");
    }
}

Result<Kubeconfig> readKubeconfig(const fs::path& file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (!fs::exists(status))
        return fail("no such kubeconfig", file.string(), "give an existing file with --kubeconfig or KUBECONFIG");
    if (fs::is_directory(status))
        return fail("is a directory, not a kubeconfig", file.string());
    std::ifstream in(file, std::ios::binary);
    std::string text(maxBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad())
        return fail("cannot be read", file.string(), "check the file's permissions");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > maxBytes)
        return fail("is larger than 4 MiB, which no kubeconfig is", file.string());
    return parseKubeconfig(text, file);
}

std::string contextProblem(const Kubeconfig& config, const Context& context) {
    if (context.cluster.empty())
        return "names no cluster";
    const auto cluster = config.clusters.find(context.cluster);
    if (cluster == config.clusters.end())
        return "names the cluster \"" + context.cluster + "\", which no file defines";
    if (cluster->second.server.empty())
        return "its cluster \"" + context.cluster + "\" has no server";
    if (context.user.empty())
        return {}; // anonymous, as kubectl takes it
    const auto user = config.users.find(context.user);
    if (user == config.users.end())
        return "names the user \"" + context.user + "\", which no file defines";
    if (!user->second.unsupported.empty())
        return user->second.unsupported;
    const User& u = user->second;
    std::error_code error;
    const auto missing = [&](const fs::path& file, const std::string& data) {
        return data.empty() && !file.empty() && !fs::exists(file, error);
    };
    if (missing(cluster->second.caFile, cluster->second.caData))
        return "certificate-authority " + cluster->second.caFile.string() + " does not exist";
    if (missing(u.certFile, u.certData))
        return "client-certificate " + u.certFile.string() + " does not exist";
    if (missing(u.keyFile, u.keyData))
        return "client-key " + u.keyFile.string() + " does not exist";
    if (missing(u.tokenFile, {}))
        return "tokenFile " + u.tokenFile.string() + " does not exist";
    return {};
}

} // namespace netopsy::kube
