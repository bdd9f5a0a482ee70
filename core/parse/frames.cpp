// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/frames.h"

#include "core/base/text.h"

#include <algorithm>

namespace netopsy::parse {

namespace {

constexpr std::size_t longestMark = 512;
constexpr std::size_t maxIdLength = 64;

/// What follows "@@NONCE " on a mark's line.
struct Mark {
    enum class Kind { Begin, End, Bye, Broken } kind = Kind::Broken;
    std::string id;
    std::uint32_t seq = 0;
    int exitCode = 0;
};

Mark readMark(std::string_view line) {
    const auto words = text::words(line);
    Mark mark;
    if (words.size() == 1 && words[0] == "bye") {
        mark.kind = Mark::Kind::Bye;
        return mark;
    }
    if (words.size() < 3 || words[1].size() > maxIdLength)
        return mark;
    const auto seq = text::toUint(words[2]);
    if (!seq || *seq > UINT32_MAX)
        return mark;
    mark.id = words[1];
    mark.seq = static_cast<std::uint32_t>(*seq);
    if (words.size() == 3 && words[0] == "begin") {
        mark.kind = Mark::Kind::Begin;
    } else if (words.size() == 4 && words[0] == "end") {
        const auto code = text::toUint(words[3]);
        if (!code || *code > 255)
            return mark;
        mark.exitCode = static_cast<int>(*code);
        mark.kind = Mark::Kind::End;
    }
    return mark;
}

} // namespace

FrameDecoder::FrameDecoder(std::string node, std::string nonce, std::size_t maxSection, std::size_t maxTotal)
    // The newline before a mark belongs to it: a body comes through to the byte, with or without one at its end.
    : m_node(std::move(node)), m_nonce("\n@@" + std::move(nonce) + " "), m_maxSection(maxSection),
      m_maxTotal(maxTotal) {}

/// Moves the buffer's first `count` bytes to the open section, or counts them as noise.
void FrameDecoder::take(std::size_t count) {
    if (m_open.active) {
        const std::size_t room = m_maxSection - m_open.section.body.size();
        m_open.section.body.append(m_buffer, 0, std::min(count, room));
        m_open.section.truncated = m_open.section.truncated || count > room;
    } else {
        m_noise += count;
    }
    m_buffer.erase(0, count);
}

std::vector<model::RawSection> FrameDecoder::feed(std::string_view bytes, model::TimeNs now) {
    std::vector<model::RawSection> out;
    if (m_flooded || m_ended)
        return out;
    m_total += bytes.size();
    if (m_total > m_maxTotal) {
        m_flooded = true;
        m_buffer.clear();
        return out;
    }
    m_buffer += bytes;
    for (;;) {
        const std::size_t at = m_buffer.find(m_nonce);
        // Bytes before a mark, or before where one might have begun, are body or noise.
        take(at != std::string::npos            ? at
             : m_buffer.size() > m_nonce.size() ? m_buffer.size() - m_nonce.size()
                                                : 0);
        if (at == std::string::npos)
            return out;
        const std::size_t lineEnd = m_buffer.find('\n', m_nonce.size());
        if (lineEnd == std::string::npos) {
            if (m_buffer.size() > m_nonce.size() + longestMark)
                take(m_nonce.size()); // no mark of ours is that long
            else
                return out;
            continue;
        }
        const Mark mark = readMark(std::string_view(m_buffer).substr(m_nonce.size(), lineEnd - m_nonce.size()));
        switch (mark.kind) {
        case Mark::Kind::Begin:
            m_open.active = true; // one that was never closed is dropped: half a section is no section
            m_open.section = {};
            m_open.section.node = m_node;
            m_open.section.collector = mark.id;
            m_open.section.seq = mark.seq;
            m_buffer.erase(0, lineEnd + 1);
            break;
        case Mark::Kind::End:
            if (m_open.active && m_open.section.collector == mark.id && m_open.section.seq == mark.seq) {
                m_open.section.exitCode = mark.exitCode;
                m_open.section.at = now;
                out.push_back(std::move(m_open.section));
            }
            m_open.active = false;
            m_buffer.erase(0, lineEnd + 1);
            break;
        case Mark::Kind::Bye:
            m_ended = true;
            m_buffer.clear();
            return out;
        case Mark::Kind::Broken:
            take(m_nonce.size());
            break;
        }
    }
}

} // namespace netopsy::parse
