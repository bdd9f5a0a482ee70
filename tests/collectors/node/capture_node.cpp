// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Makes the fixtures of tests/fixtures/node: "script" prints the real script, "split FOLDER" takes apart what it
// printed. Both by the program's own code, so that a fixture is what a run would have brought home.
#include "collectors/node/script.h"
#include "core/parse/frames.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

constexpr const char* nonce = "5f1e0c3a9b7d48e2a6c4f0b1d2e3948a";

int split(const std::filesystem::path& folder) {
    const std::string bytes{std::istreambuf_iterator<char>(std::cin), {}};
    netopsy::parse::FrameDecoder decoder("node", nonce);
    std::filesystem::create_directories(folder);
    std::ofstream failures(folder / "exit");
    for (const auto& section : decoder.feed(bytes, 0)) {
        const std::string name =
            section.collector + (section.collector == "sample" ? "." + std::to_string(section.seq) : "");
        std::ofstream(folder / name, std::ios::binary) << section.body;
        if (section.exitCode != 0)
            failures << name << ' ' << section.exitCode << '\n';
    }
    return decoder.ended() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "script" && argc == 2) {
        std::cout << netopsy::node::script({.nonce = nonce, .intervalS = 0.2, .samples = 3, .sudo = false});
        return 0;
    }
    if (verb == "split" && argc == 3)
        return split(argv[2]);
    std::cerr << "usage: capture_node script | capture_node split FOLDER <OUTPUT\n";
    return 2;
}
