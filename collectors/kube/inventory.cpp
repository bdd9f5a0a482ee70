// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/inventory.h"

#include "collectors/kube/kubeconfig_file.h"
#include "collectors/kube/lister.h"
#include "core/base/text.h"
#include "core/detect/detect.h"
#include "core/parse/kube/objects.h"
#include "core/parse/kube/status.h"

#include <algorithm>
#include <set>

namespace netopsy::kube {

namespace {

using parse::kube::ConfigMapRef;
using parse::kube::Page;

std::string_view view(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

/// Three rounds, each as parallel as the client allows: who are you; what is there; what configures it.
class Collector {
public:
    Collector(Client& client, const InventoryOptions& options) : m_client(client), m_options(options) {
        m_out.context = options.context;
        m_out.server = client.server();
    }

    Result<model::Inventory> collect() {
        askVersion();
        m_client.run();
        if (m_fatal)
            return tl::unexpected(*m_fatal);
        listObjects();
        m_client.run();
        askConfigMaps();
        listCniObjects();
        m_client.run();
        if (m_cancelled)
            return fail("cancelled", m_out.server);
        if (!m_anything)
            return tl::unexpected(m_firstFailure);
        detect::detect(m_out);
        return std::move(m_out);
    }

private:
    void progress(const std::string& text) const {
        if (m_options.onProgress)
            m_options.onProgress(text);
    }

    void askVersion() {
        progress("reaching " + m_out.server);
        Request request{"/version", "get", "/version"};
        request.idle = std::chrono::seconds(15);
        m_client.get(std::move(request), [this](Answer<QByteArray> answer) {
            if (!answer) {
                const Fault fault = answer.error().fault;
                if (fault == Fault::Forbidden)
                    gap("get", "/version", answer.error());
                else if (fault == Fault::NotFound || fault == Fault::NotUnderstood)
                    m_fatal = notKubernetes(answer.error().error.what);
                else
                    m_fatal = answer.error().error;
                return;
            }
            auto version = parse::kube::parseVersion(view(*answer));
            if (version)
                m_out.version = *version;
            else
                m_fatal = notKubernetes(version.error().what);
        });
    }

    [[nodiscard]] Error notKubernetes(const std::string& why) const {
        return {"does not answer as a Kubernetes API server: " + why, m_out.server,
                "check the server in the kubeconfig's cluster"};
    }

    template<class T>
    void listInto(const std::string& path, const std::string& resource, std::vector<T>& out,
                  std::function<Result<Page>(std::string_view)> take,
                  std::function<bool(const ApiError&)> onError = {}) {
        ListJob job;
        job.path = path;
        job.resource = resource;
        job.take = std::move(take);
        job.restart = [&out] { out.clear(); };
        job.onProgress = [this, resource](std::size_t count) {
            progress("listing " + resource + " (" + text::integer(count) + ")");
        };
        job.done = [this, resource, onError = std::move(onError)](const ListEnd& end) {
            if (!end.error)
                m_anything = true;
            else if (!onError || !onError(*end.error))
                gap("list", resource, *end.error);
            if (end.skipped > 0)
                m_out.gaps.push_back({"read", resource,
                                      text::integer(end.skipped) + " not understood; the first one " +
                                          text::printable(end.firstProblem)});
        };
        list(m_client, std::move(job));
    }

    void listObjects() {
        using namespace parse::kube;
        listInto("/api/v1/nodes", "nodes", m_out.nodes, [this](auto b) { return parseNodes(b, m_out.nodes); });
        listInto("/api/v1/pods", "pods", m_out.pods, [this](auto b) { return parsePods(b, m_out.pods); });
        listInto("/api/v1/services", "services", m_out.services,
                 [this](auto b) { return parseServices(b, m_out.services); });
        listSlices("v1");
        listInto("/apis/apps/v1/daemonsets", "daemonsets", m_daemonSets,
                 [this](auto b) { return parseWorkloads(b, "DaemonSet", m_daemonSets, m_mounted); });
        listInto("/apis/apps/v1/deployments", "deployments", m_deployments,
                 [this](auto b) { return parseWorkloads(b, "Deployment", m_deployments, m_mounted); });
        m_client.get({"/apis", "get", "/apis"}, [this](Answer<QByteArray> answer) {
            auto groups =
                answer ? parseApiGroups(view(*answer)) : Result<std::set<std::string>>(std::set<std::string>{});
            if (!answer)
                gap("get", "/apis", answer.error());
            else if (!groups)
                m_out.gaps.push_back({"get", "/apis", groups.error().what});
            else
                m_groups = std::move(*groups);
        });
    }

    /// discovery.k8s.io/v1 came with 1.21, v1beta1 with 1.17; before, there are Endpoints.
    void listSlices(const std::string& version) {
        const auto older = [this, version](const ApiError& error) {
            if (error.fault != Fault::NotFound)
                return false;
            if (version == "v1")
                listSlices("v1beta1");
            else
                listInto("/api/v1/endpoints", "endpoints", m_out.endpoints,
                         [this](auto b) { return parse::kube::parseEndpoints(b, m_out.endpoints); });
            return true;
        };
        listInto(
            "/apis/discovery.k8s.io/" + version + "/endpointslices", "endpointslices.discovery.k8s.io",
            m_out.endpoints, [this](auto b) { return parse::kube::parseEndpointSlices(b, m_out.endpoints); },
            older);
    }

    void askConfigMaps() {
        m_out.workloads = std::move(m_daemonSets);
        m_out.workloads.insert(m_out.workloads.end(), m_deployments.begin(), m_deployments.end());
        const auto refs = workloadsKnown() ? parse::kube::configMapsFor(m_out.workloads, m_mounted)
                                           : parse::kube::usualConfigMaps();
        for (const ConfigMapRef& ref : refs)
            m_client.get(
                {"/api/v1/namespaces/" + ref.ns + "/configmaps/" + ref.name, "get", "configmaps in " + ref.ns},
                [this, ref](Answer<QByteArray> answer) {
                    if (!answer) {
                        if (answer.error().fault != Fault::NotFound)
                            gap("get", "configmaps in " + ref.ns, answer.error());
                        return;
                    }
                    auto map = parse::kube::parseConfigMap(view(*answer));
                    if (map)
                        m_out.configMaps.push_back(std::move(*map));
                    else
                        m_out.gaps.push_back({"get", "configmap " + ref.ns + "/" + ref.name, map.error().what});
                });
    }

    [[nodiscard]] bool workloadsKnown() const { return !m_out.workloads.empty(); }

    void listCniObjects() {
        struct Kind {
            const char *groupVersion, *plural, *kind;
        };
        static constexpr Kind kinds[] = {
            {"projectcalico.org/v3", "ippools", "IPPool"},
            {"crd.projectcalico.org/v1", "ippools", "IPPool"},
            {"projectcalico.org/v3", "felixconfigurations", "FelixConfiguration"},
            {"crd.projectcalico.org/v1", "felixconfigurations", "FelixConfiguration"},
            {"operator.tigera.io/v1", "installations", "Installation"},
            {"cilium.io/v2", "ciliumlocalredirectpolicies", "CiliumLocalRedirectPolicy"},
        };
        for (const Kind& k : kinds)
            if (m_groups.contains(k.groupVersion)) {
                auto found = std::make_shared<std::vector<model::CniObject>>();
                const std::string resource =
                    std::string(k.plural) + "." +
                    std::string(k.groupVersion, std::string_view(k.groupVersion).find('/'));
                ListJob job;
                job.path = std::string("/apis/") + k.groupVersion + "/" + k.plural;
                job.resource = resource;
                job.take = [found, k](auto b) { return parse::kube::parseCniObjects(b, k.kind, *found); };
                job.restart = [found] { found->clear(); };
                job.done = [this, found, resource](const ListEnd& end) {
                    if (end.error && end.error->fault != Fault::NotFound)
                        gap("list", resource, *end.error);
                    keepCniObjects(*found);
                };
                list(m_client, std::move(job));
            }
    }

    /// Calico serves one pool under two groups.
    void keepCniObjects(std::vector<model::CniObject>& found) {
        for (model::CniObject& object : found) {
            const bool known = std::any_of(m_out.cniObjects.begin(), m_out.cniObjects.end(), [&](const auto& o) {
                return o.kind == object.kind && o.name == object.name;
            });
            if (!known)
                m_out.cniObjects.push_back(std::move(object));
        }
    }

    void gap(const std::string& verb, const std::string& resource, const ApiError& error) {
        if (error.fault == Fault::Cancelled)
            m_cancelled = true;
        if (m_firstFailure.what.empty())
            m_firstFailure = error.error;
        const bool stated = std::any_of(m_out.gaps.begin(), m_out.gaps.end(), [&](const model::Gap& g) {
            return g.verb == verb && g.resource == resource;
        });
        if (!stated)
            m_out.gaps.push_back({verb, resource, error.error.what});
    }

    Client& m_client;
    const InventoryOptions& m_options;
    model::Inventory m_out;
    std::vector<model::Workload> m_daemonSets, m_deployments;
    std::vector<ConfigMapRef> m_mounted;
    std::set<std::string> m_groups;
    std::optional<Error> m_fatal;
    Error m_firstFailure;
    bool m_anything = false;
    bool m_cancelled = false;
};

} // namespace

Result<model::Inventory> collectInventory(const Kubeconfig& config, const InventoryOptions& options,
                                          std::stop_token stop) {
    InventoryOptions chosen = options;
    if (chosen.context.empty())
        chosen.context = config.currentContext;
    if (chosen.context.empty())
        return fail("no context is chosen, and the kubeconfig has no current-context", {},
                    "give --context; netopsy contexts lists what there is");
    const auto context = config.contexts.find(chosen.context);
    if (context == config.contexts.end())
        return fail("the kubeconfig has no context \"" + chosen.context + "\"", {},
                    "netopsy contexts lists what there is");
    if (const std::string problem = contextProblem(config, context->second); !problem.empty())
        return fail("context \"" + chosen.context + "\": " + problem, context->second.source.string(),
                    "correct the kubeconfig");
    const auto user = config.users.find(context->second.user);
    auto client =
        Client::create(config.clusters.at(context->second.cluster),
                       user == config.users.end() ? User{} : user->second, std::move(stop), chosen.onWarning);
    if (!client)
        return tl::unexpected(client.error());
    return Collector(**client, chosen).collect();
}

} // namespace netopsy::kube
