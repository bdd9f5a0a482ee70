// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/connector.h"

#include "collectors/local/child.h"
#include "collectors/ssh/auth.h"
#include "collectors/ssh/bastion.h"
#include "collectors/ssh/session.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <condition_variable>
#include <random>

namespace netopsy::ssh {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t mostHops = 8;
constexpr auto failureStands = 15s; ///< of a bastion, before it is tried again

std::string place(const HostConfig& host) {
    const bool v6 = host.hostName.find(':') != std::string::npos;
    return host.user + "@" + (v6 ? "[" + host.hostName + "]" : host.hostName) + ":" + std::to_string(host.port);
}

/// A host name ends up in ProxyCommand, which a shell runs, and in paths; and it may come from the cluster's
/// API.
bool isHostName(std::string_view name) {
    return !name.empty() && name.size() <= 255 && !name.starts_with('-') &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:%") ==
               std::string_view::npos;
}

/// Someone else's command that carries the connection. Its errors are kept, up to 16 KiB, for the message.
struct ProxyCommand {
    std::unique_ptr<local::Child> child;
    local::Fd errors;

    std::string lastWords() const {
        std::array<char, 4096> buffer{};
        const off_t end = lseek(errors.get(), 0, SEEK_CUR);
        const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(buffer.size()));
        const ssize_t n =
            end > begin ? pread(errors.get(), buffer.data(), static_cast<std::size_t>(end - begin), begin) : 0;
        const auto lines =
            text::lines(text::trim(std::string_view(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0)));
        return lines.empty() ? std::string() : text::printable(lines.back().substr(0, 300));
    }
};

class SshConnector : public run::Connector {
public:
    SshConnector(Options options, Config config)
        : m_options(std::move(options)), m_config(std::move(config)), m_known(m_options.warn),
          m_hostKeys(m_options, m_known), m_keys(m_options), m_gates(m_options.maxUnauthenticatedPerHost) {}

    /// What is wrong with the default files is told before any node is tried.
    Result<void> prepare() {
        if (m_options.knownHosts.empty())
            return {};
        std::error_code ignored;
        if (m_options.hostKeyPolicy == HostKeyPolicy::Strict &&
            !std::filesystem::exists(m_options.knownHosts, ignored))
            return fail("no such file", m_options.knownHosts.string(),
                        "name an existing known_hosts file, or use --host-key-policy accept-new");
        return m_known.load(m_options.knownHosts.string());
    }

    Result<std::unique_ptr<run::Session>> connect(const run::Target& target, std::stop_token stop,
                                                  const run::StepFn& onStep) override;

private:
    struct Trip {
        std::vector<HostConfig> hops; ///< the bastions, then the node
        const Patience& patience;
        const run::StepFn& onStep;
        std::string node; ///< for messages
    };
    struct Slot {
        std::mutex mutex;
        std::condition_variable_any changed;
        bool busy = false;
        std::shared_ptr<Bastion> bastion;
        std::optional<Error> error;
        Clock::time_point failedAt;
    };

    Result<HostConfig> configFor(const run::Target& target) const;
    Result<std::vector<HostConfig>> jumpsOf(const HostConfig& host, std::size_t depth = 1) const;
    Result<std::shared_ptr<Link>> reach(const Trip& trip, std::size_t hop);
    Attempt<std::shared_ptr<Link>> tryOnce(const Trip& trip, std::size_t hop, const std::string& where);
    Attempt<std::shared_ptr<Link>> login(local::Fd socket, std::shared_ptr<void> transport, const Trip& trip,
                                         std::size_t hop, const std::string& where);
    Attempt<std::shared_ptr<Link>> throughCommand(const Trip& trip, std::size_t hop, const std::string& where);
    Result<std::shared_ptr<Bastion>> bastion(const Trip& trip, std::size_t hop);
    void step(const Trip& trip, std::size_t hop, run::Step step) const {
        if (trip.onStep && hop + 1 == trip.hops.size())
            trip.onStep(step);
    }

    const Options m_options;
    const Config m_config;
    KnownHosts m_known;
    HostKeyCheck m_hostKeys;
    KeyStore m_keys;
    Gates m_gates;
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<Slot>> m_bastions;
};

Result<HostConfig> SshConnector::configFor(const run::Target& target) const {
    const std::string& address = target.host.empty() ? target.name : target.host;
    const int port = target.port != 0 ? target.port : m_options.port;
    // The operator may have written the node's name into ssh_config, or its address.
    const bool byName = !target.given && isHostName(target.name) && m_config.names(target.name);
    auto host = byName ? m_config.forHost(target.name, m_options.user, port, address)
                       : m_config.forHost(address, m_options.user, port);
    if (host && !isHostName(host->hostName))
        return fail("\"" + text::printable(host->hostName) + "\" is no host name or address", target.name);
    return host;
}

Result<std::vector<HostConfig>> SshConnector::jumpsOf(const HostConfig& host, std::size_t depth) const {
    std::vector<HostConfig> chain;
    if (host.proxyJump.empty())
        return chain;
    if (depth > mostHops)
        return fail("ProxyJump goes in a circle, or over more than " + std::to_string(mostHops) + " hosts",
                    host.alias, "give the first bastion a block of its own with ProxyJump none");
    auto jumps = parseJumps(host.proxyJump, "ProxyJump of " + host.alias);
    if (!jumps)
        return tl::unexpected(jumps.error());
    for (const JumpHost& jump : *jumps) {
        auto one = m_config.forHost(jump.host, jump.user, jump.port);
        if (!one)
            return tl::unexpected(one.error());
        if (!isHostName(one->hostName))
            return fail("\"" + text::printable(one->hostName) + "\" is no host name",
                        "ProxyJump of " + host.alias);
        if (one->alias == host.alias) // the ProxyJump of `Host *` holds for the bastion, too
            return std::vector<HostConfig>();
        if (chain.empty()) { // only the first of a chain has a way of its own
            auto before = jumpsOf(*one, depth + 1);
            if (!before)
                return before;
            chain = std::move(*before);
        } else {
            one->proxyCommand.clear();
        }
        chain.push_back(std::move(*one));
    }
    return chain;
}

Result<std::unique_ptr<run::Session>> SshConnector::connect(const run::Target& target, std::stop_token stop,
                                                            const run::StepFn& onStep) {
    if (stop.stop_requested())
        return fail("cancelled", target.name);
    const Patience patience(stop);
    auto host = configFor(target);
    if (!host)
        return tl::unexpected(host.error());
    auto jumps = jumpsOf(*host);
    if (!jumps)
        return tl::unexpected(jumps.error());
    Trip trip{std::move(*jumps), patience, onStep, target.name};
    std::string description = place(*host);
    for (auto hop = trip.hops.rbegin(); hop != trip.hops.rend(); ++hop)
        description += " via " + place(*hop);
    trip.hops.push_back(std::move(*host));
    auto link = reach(trip, trip.hops.size() - 1);
    if (!link)
        return tl::unexpected(link.error());
    return makeSession(std::move(*link), std::move(description), m_options.startTimeout, std::move(stop));
}

Result<std::shared_ptr<Link>> SshConnector::reach(const Trip& trip, std::size_t hop) {
    const HostConfig& host = trip.hops[hop];
    const bool isNode = hop + 1 == trip.hops.size();
    const std::string where = (isNode ? trip.node : "bastion") + " (" + place(host) + ")";
    if (auto ok = m_hostKeys.prepare(host); !ok)
        return tl::unexpected(ok.error());
    static thread_local std::minstd_rand random{std::random_device{}()};
    for (int i = 0;; ++i) {
        auto link = tryOnce(trip, hop, where);
        if (link)
            return *link;
        if (!link.error().again || i >= m_options.connectRetries) {
            Error error = link.error().error;
            if (i > 0)
                error.what += ", " + std::to_string(i + 1) + " times";
            return tl::unexpected(error);
        }
        // Jitter, so that many who were sent away don't come back together.
        const std::chrono::milliseconds pause(std::uniform_int_distribution<>(100 << i, 400 << i)(random));
        if (trip.patience.wait(-1, 0, Clock::now() + pause) == Patience::Outcome::Cancelled)
            return fail("cancelled", where);
    }
}

Attempt<std::shared_ptr<Link>> SshConnector::tryOnce(const Trip& trip, std::size_t hop, const std::string& where) {
    const HostConfig& host = trip.hops[hop];
    const auto timeout = host.connectTimeout.value_or(m_options.connectTimeout);
    if (hop > 0) {
        step(trip, hop, run::Step::Queued);
        auto via = bastion(trip, hop - 1);
        if (!via)
            return tl::unexpected(Failure{via.error()});
        const auto gate = m_gates.enter((*via)->name() + ">" + place(host), trip.patience);
        if (!gate)
            return failed("cancelled", where);
        step(trip, hop, run::Step::Connecting);
        auto fd = (*via)->open(host.hostName, host.port, trip.patience, timeout, where);
        if (!fd)
            return tl::unexpected(fd.error());
        return login(std::move(*fd), *via, trip, hop, where);
    }
    if (!host.proxyCommand.empty())
        return throughCommand(trip, hop, where);

    step(trip, hop, run::Step::Resolving);
    const auto addresses =
        resolve(host.hostName, host.port, host.addressFamily, trip.patience, m_options.resolveTimeout, where);
    if (!addresses)
        return tl::unexpected(addresses.error());
    step(trip, hop, run::Step::Queued);
    const auto gate = m_gates.enter(addresses->front().text(), trip.patience);
    if (!gate)
        return failed("cancelled", where);
    step(trip, hop, run::Step::Connecting);
    auto fd = dial(*addresses, trip.patience, timeout, where);
    if (!fd)
        return tl::unexpected(fd.error());
    return login(std::move(*fd), nullptr, trip, hop, where);
}

Attempt<std::shared_ptr<Link>> SshConnector::login(local::Fd socket, std::shared_ptr<void> transport,
                                                   const Trip& trip, std::size_t hop, const std::string& where) {
    const HostConfig& host = trip.hops[hop];
    step(trip, hop, run::Step::VerifyingHostKey);
    auto link = Link::handshake(std::move(socket), std::move(transport), m_hostKeys.algorithms(host), host.user,
                                trip.patience, m_options.handshakeTimeout, where);
    if (!link)
        return link;
    const auto key = (*link)->serverKey();
    if (!key)
        return failed(key.error().what, where);
    if (auto ok = m_hostKeys.verify(host, *key, where); !ok)
        return tl::unexpected(Failure{ok.error()});
    if (trip.patience.cancelled())
        return failed("cancelled", where);
    step(trip, hop, run::Step::Authenticating);
    if (auto ok = authenticate(**link, host, m_options, m_config.account().home, m_keys, trip.patience, where);
        !ok)
        return tl::unexpected(Failure{ok.error()});
    return link;
}

Attempt<std::shared_ptr<Link>> SshConnector::throughCommand(const Trip& trip, std::size_t hop,
                                                            const std::string& where) {
    step(trip, hop, run::Step::Connecting);
    auto command = std::make_shared<ProxyCommand>();
    command->errors.reset(memfd_create("proxycommand", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (ftruncate(command->errors.get(), 16 << 10) != 0 ||
        fcntl(command->errors.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0)
        return failed("no memory for ProxyCommand's errors", where);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failed("no socket pair for ProxyCommand", where, "raise the limit of open files");
    local::Fd ours(ends[0]);
    local::Fd theirs(ends[1]);
    auto child = local::Child::spawn("exec " + trip.hops[hop].proxyCommand, theirs.get(), theirs.get(),
                                     command->errors.get());
    if (!child)
        return tl::unexpected(Failure{child.error()});
    command->child = std::move(*child);
    theirs.reset(); // or its end would never be felt
    auto link = login(std::move(ours), command, trip, hop, where);
    // Other failures, as of the host key, are not the command's, though it may end because of them.
    if (link || !link.error().again || trip.patience.cancelled())
        return link;
    // It closes its end a moment before it can be waited for.
    if (command->child->pidFd() >= 0)
        static_cast<void>(trip.patience.wait(command->child->pidFd(), POLLIN, Clock::now() + 100ms));
    if (command->child->exitStatus()) {
        Failure failure = link.error();
        const std::string said = command->lastWords();
        failure.error.what = "ProxyCommand ended with status " + std::to_string(*command->child->exitStatus()) +
                             (said.empty() ? "" : ": " + said);
        failure.error.remedy = "try the command by hand: " + trip.hops[hop].proxyCommand;
        failure.again = false;
        return tl::unexpected(failure);
    }
    return link;
}

Result<std::shared_ptr<Bastion>> SshConnector::bastion(const Trip& trip, std::size_t hop) {
    std::string way;
    for (std::size_t i = 0; i <= hop; ++i)
        way += place(trip.hops[i]) + ">";
    std::shared_ptr<Slot> slot;
    {
        const std::lock_guard lock(m_mutex);
        auto& entry = m_bastions[way];
        if (!entry)
            entry = std::make_shared<Slot>();
        slot = entry;
    }
    std::unique_lock lock(slot->mutex);
    for (;;) {
        if (slot->bastion && slot->bastion->alive())
            return slot->bastion;
        if (slot->error && Clock::now() - slot->failedAt < failureStands)
            return tl::unexpected(*slot->error);
        if (!slot->busy)
            break;
        if (!slot->changed.wait(lock, trip.patience.token(), [&] { return !slot->busy; }))
            return fail("cancelled", trip.node);
    }
    slot->busy = true;
    slot->error.reset();
    const std::shared_ptr<Bastion> dead = std::move(slot->bastion);
    lock.unlock();
    auto link = reach(trip, hop);
    auto made = link ? std::make_shared<Bastion>(*link, place(trip.hops[hop])) : nullptr;
    lock.lock();
    slot->busy = false;
    slot->bastion = made;
    if (!link && !trip.patience.cancelled()) {
        slot->error = link.error();
        slot->failedAt = Clock::now();
    }
    slot->changed.notify_all();
    if (!link)
        return tl::unexpected(link.error());
    return made;
}

} // namespace

Result<std::unique_ptr<run::Connector>> makeConnector(Options options) {
    auto config = Config::read(
        options.configFile, Account::current(), options.warn ? options.warn : [](const std::string&) {});
    if (!config)
        return tl::unexpected(config.error());
    auto connector = std::make_unique<SshConnector>(std::move(options), std::move(*config));
    if (auto ok = connector->prepare(); !ok)
        return tl::unexpected(ok.error());
    return connector;
}

} // namespace netopsy::ssh
