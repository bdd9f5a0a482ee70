// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a name to a connected TCP socket. Done here and not by libssh, because it tries one address only, and
// blocks in the resolver.
#pragma once

#include "collectors/ssh/patience.h"
#include "core/base/result.h"

#include <sys/socket.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace netopsy::ssh {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] std::string text() const; ///< "10.0.0.5:22", "[fd00::5]:22"
};

/// A failed step. `again` tells that another try may go better: the server was too busy to talk.
struct Failure {
    Error error;
    bool again = false;
};
template<class T>
using Attempt = tl::expected<T, Failure>;
[[nodiscard]] inline tl::unexpected<Failure> failed(std::string what, std::string where, std::string remedy = {},
                                                    bool again = false) {
    return tl::unexpected(Failure{{std::move(what), std::move(where), std::move(remedy)}, again});
}

/// All addresses, in the system's order of preference. A numeric host needs no resolver; a name is looked up
/// in a thread that is left behind when the time is up, because getaddrinfo(3) can't be interrupted. At most
/// 32 look-ups go at once.
[[nodiscard]] Attempt<std::vector<Address>> resolve(const std::string& host, int port, int family,
                                                    const Patience& patience, std::chrono::milliseconds timeout,
                                                    const std::string& where);

/// The first address that answers. They share the time, but each gets a second at least. The socket is
/// non-blocking, sends at once (TCP_NODELAY), and notices a dead peer within a minute.
[[nodiscard]] Attempt<local::Fd> dial(const std::vector<Address>& addresses, const Patience& patience,
                                      std::chrono::milliseconds timeout, const std::string& where);

/// Limits how many unauthenticated connections stand at one address: sshd drops them at random past ten
/// (MaxStartups). Thread-safe.
class Gates {
public:
    explicit Gates(int most) : m_most(most > 0 ? most : 1) {}
    /// Holds a place until it is destroyed. Empty when cancelled while waiting.
    [[nodiscard]] std::shared_ptr<void> enter(const std::string& address, const Patience& patience);

private:
    struct Gate {
        int inside = 0, waiting = 0;
    };
    const int m_most;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<std::string, Gate> m_gates;
};

} // namespace netopsy::ssh
