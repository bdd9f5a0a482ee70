// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes the script's byte stream apart into sections. Each frame's marks carry a nonce that was drawn for this run
// and this node, so that nothing a node prints (a banner, a file's content) can open or close a frame. Bytes
// outside frames (login noise) are dropped and counted.
#pragma once

#include "core/model/section.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::parse {

class FrameDecoder {
public:
    /// `maxSection`: a longer body is cut there and marked truncated. `maxTotal`: beyond it the stream is refused
    /// (flooded() turns true) and everything more is dropped.
    FrameDecoder(std::string node, std::string nonce, std::size_t maxSection = 4u << 20,
                 std::size_t maxTotal = 256u << 20);

    /// Feeds bytes that arrived at `now`; returns the sections completed by them.
    std::vector<model::RawSection> feed(std::string_view bytes, model::TimeNs now);

    [[nodiscard]] bool flooded() const { return m_flooded; }
    [[nodiscard]] bool ended() const { return m_ended; } ///< the script's closing mark was seen
    [[nodiscard]] std::size_t noiseBytes() const { return m_noise; }

private:
    struct Open {
        bool active = false;
        model::RawSection section;
    };
    void take(std::size_t count);
    std::string m_node, m_nonce, m_buffer;
    std::size_t m_maxSection, m_maxTotal, m_total = 0, m_noise = 0;
    Open m_open;
    bool m_flooded = false, m_ended = false;
};

} // namespace netopsy::parse
