// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/autopsy.h"

#include "collectors/kube/inventory.h"
#include "collectors/local/connector.h"
#include "collectors/run/node_job.h"
#include "collectors/run/runner.h"
#include "collectors/ssh/connector.h"
#include "core/detect/detect.h"
#include "core/parse/absorb.h"
#include "core/store/case_file.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <mutex>

namespace netopsy::run {

namespace {

std::string hostName() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name.data();
}

std::string addressText(const Target& target) {
    if (target.port == 0)
        return target.host;
    const bool ipv6 = target.host.find(':') != std::string::npos;
    return (ipv6 ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
}

/// Of a node only what no section tells: the rest is derived again whenever the case is opened.
model::Node recordOf(const model::Node& node) {
    model::Node record;
    record.name = node.name;
    record.address = node.address;
    record.state = node.state;
    record.error = node.error;
    record.started = node.started;
    return record;
}

} // namespace

struct Autopsy::Impl {
    Impl(AutopsyOptions o, AutopsyObserver w) : options(std::move(o)), observer(std::move(w)) {}

    Result<void> run(const std::stop_token& stop);
    Result<RunPlan> plan(std::stop_token stop);
    void begin(const RunPlan& plan);
    RunnerEvents events();
    void save(const Result<void>& outcome);
    void flush();
    [[nodiscard]] double elapsedS() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - startedAt).count();
    }

    const AutopsyOptions options;
    const AutopsyObserver observer;
    std::chrono::steady_clock::time_point startedAt;
    mutable std::mutex mutex; // guards `subject`
    model::Case subject;
    std::optional<store::CaseWriter> writer;
    std::optional<Error> writeError; // the first; a full disk must not go unnoticed
    std::stop_source stopAll;        // the caller's stop, or our own when the case can't be written
};

Result<RunPlan> Autopsy::Impl::plan(std::stop_token stop) {
    if (options.local)
        return planLocal(hostName(), options.plan);
    const auto config = kube::loadKubeconfig(options.kubeconfig);
    if (!config)
        return tl::unexpected(config.error());
    kube::InventoryOptions reading;
    reading.context = options.context;
    reading.onWarning = observer.onWarning;
    reading.onProgress = [this](const std::string& what) {
        if (observer.onPhase)
            observer.onPhase(Phase::ReadingCluster, what);
    };
    auto inventory = kube::collectInventory(*config, reading, std::move(stop));
    if (!inventory)
        return tl::unexpected(inventory.error());
    detect::detect(*inventory);
    auto planned = planCluster(*inventory, options.plan);
    const std::lock_guard lock(mutex);
    subject.cluster = std::move(*inventory);
    return planned;
}

/// Puts the planned nodes into the case, so that a case cut off at once still names them all.
void Autopsy::Impl::begin(const RunPlan& plan) {
    const std::lock_guard lock(mutex);
    if (subject.cluster)
        save(writer->setInventory(*subject.cluster));
    for (const NodePlan& planned : plan.nodes) {
        model::Node node;
        node.name = planned.target.name;
        node.address = addressText(planned.target);
        save(writer->setNode(node));
        subject.nodes.push_back(std::move(node));
    }
    flush();
}

void Autopsy::Impl::save(const Result<void>& outcome) {
    if (outcome || writeError)
        return;
    writeError = outcome.error();
    stopAll.request_stop();
}

void Autopsy::Impl::flush() {
    save(writer->flush());
}

RunnerEvents Autopsy::Impl::events() {
    RunnerEvents events;
    events.onStep = observer.onStep;
    events.onStarted = [this](const std::string& name, model::TimeNs at) {
        const std::lock_guard lock(mutex);
        model::Node* node = subject.findNode(name);
        node->state = model::NodeState::Running;
        node->started = at;
        save(writer->setNode(recordOf(*node)));
    };
    events.onSection = [this](const model::RawSection& section) {
        const std::lock_guard lock(mutex);
        save(writer->addSection(section));
        parse::absorb(*subject.findNode(section.node), section);
    };
    events.onEnd = [this](const std::string& name, const RunnerEvents::End& end) {
        {
            const std::lock_guard lock(mutex);
            model::Node* node = subject.findNode(name);
            node->state = end.state;
            node->error = end.error;
            node->cost.bytesSent = end.traffic.sent;
            node->cost.bytesReceived = end.traffic.received;
            node->notes.insert(node->notes.end(), end.notes.begin(), end.notes.end());
            model::Node record = recordOf(*node);
            record.cost.bytesSent = end.traffic.sent;
            record.cost.bytesReceived = end.traffic.received;
            record.notes = end.notes;
            save(writer->setNode(record));
        }
        if (observer.onNodeEnd)
            observer.onNodeEnd(name, end.state, end.error);
    };
    events.onTick = [this] {
        {
            const std::lock_guard lock(mutex);
            subject.meta.durationS = elapsedS();
            flush(); // at least twice within the two seconds that a crash may cost
        }
        if (observer.onTick)
            observer.onTick();
    };
    return events;
}

Result<void> Autopsy::Impl::run(const std::stop_token& stop) {
    startedAt = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex);
        model::CaseMeta& meta = subject.meta;
        meta.started = wallClockNs();
        meta.plannedDurationS = options.plan.durationS;
        meta.intervalS = options.plan.intervalS;
        meta.tool = options.tool;
        meta.local = options.local;
        meta.dnsNames = options.plan.dnsNames;
    }
    if (observer.onPhase)
        observer.onPhase(Phase::ReadingCluster,
                         options.local ? "reading this machine" : "reading context " + options.context);
    auto planned = plan(stop);
    if (!planned)
        return tl::unexpected(planned.error());

    // SSH configuration is read before anything is written, so that a mistake in it leaves no empty case
    // behind.
    std::unique_ptr<Connector> connector;
    if (options.local) {
        connector = local::makeConnector();
    } else {
        auto made = ssh::makeConnector(options.ssh);
        if (!made)
            return tl::unexpected(made.error());
        connector = std::move(*made);
    }
    auto created = store::CaseWriter::create(options.casePath, subject.meta, options.overwrite);
    if (!created)
        return tl::unexpected(created.error());
    writer = std::move(*created);
    begin(*planned);

    if (observer.onPhase)
        observer.onPhase(Phase::Collecting, std::to_string(planned->nodes.size()) + " nodes");
    const std::stop_callback cancelled(stop, [this] { stopAll.request_stop(); });
    runPlan(*planned, *connector, events(), stopAll.get_token());

    if (observer.onPhase)
        observer.onPhase(Phase::Saving, options.casePath.string());
    const std::lock_guard lock(mutex);
    if (subject.cluster) {
        detect::detect(*subject.cluster, subject.nodes); // now with what the nodes themselves tell
        save(writer->setInventory(*subject.cluster));
    }
    subject.meta.durationS = elapsedS();
    subject.meta.finished = true;
    save(writer->setMeta(subject.meta));
    flush();
    writer.reset();
    if (writeError)
        return tl::unexpected(*writeError);
    return {};
}

Autopsy::Autopsy(AutopsyOptions options, AutopsyObserver observer)
    : m_impl(std::make_unique<Impl>(std::move(options), std::move(observer))) {}

Autopsy::~Autopsy() = default;

Result<void> Autopsy::run(const std::stop_token& stop) {
    return m_impl->run(stop);
}

std::shared_ptr<const model::Case> Autopsy::snapshot() const {
    const std::lock_guard lock(m_impl->mutex);
    return std::make_shared<const model::Case>(m_impl->subject);
}

} // namespace netopsy::run
