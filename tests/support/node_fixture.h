// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a case of tests/fixtures/node back into the sections that a run would have brought home, in the script's order
// as far as it matters: facts, samples, cost.
#pragma once

#include "core/model/case.h"
#include "core/parse/absorb.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace netopsy::tests {

inline constexpr model::TimeNs fixtureStart = 1'795'400'000'000'000'000;

inline std::string fileBytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<model::RawSection> nodeFixture(const std::string& name, const std::string& node = "node-a") {
    const std::filesystem::path folder = std::filesystem::path(NETOPSY_FIXTURES) / "node" / name;
    std::map<std::string, int> failures;
    std::ifstream list(folder / "exit");
    std::string failed;
    for (int code = 0; list >> failed >> code;)
        failures[failed] = code;
    std::vector<model::RawSection> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename().string();
        if (file == "exit")
            continue;
        model::RawSection section;
        section.node = node;
        section.collector = file.substr(0, file.find('.'));
        if (const auto dot = file.find('.'); dot != std::string::npos)
            section.seq = static_cast<std::uint32_t>(std::stoul(file.substr(dot + 1)));
        section.at = fixtureStart + 200'000'000 * std::int64_t(section.seq);
        section.exitCode = failures.contains(file) ? failures[file] : 0;
        section.body = fileBytes(entry.path());
        out.push_back(std::move(section));
    }
    const auto rank = [](const model::RawSection& s) {
        return s.collector == "cost" ? 2 : s.collector == "sample" ? 1 : 0;
    };
    std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) {
        return std::tuple(rank(a), a.collector, a.seq) < std::tuple(rank(b), b.collector, b.seq);
    });
    return out;
}

inline model::Node absorbed(const std::vector<model::RawSection>& sections) {
    model::Node node;
    node.name = sections.empty() ? "node-a" : sections.front().node;
    for (const model::RawSection& section : sections)
        parse::absorb(node, section);
    return node;
}

} // namespace netopsy::tests
