// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/config_file.h"

#include "core/base/text.h"

#include <glob.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace netopsy::ssh {

namespace {

constexpr std::size_t largestFile = 1u << 20;
constexpr int deepest = 16;
constexpr int mostFiles = 256;

struct Reader {
    const ConfigPlace& place;
    int files = 0;

    Result<std::vector<ConfigNode>> file(const std::filesystem::path& path, int depth);
    Result<ConfigNode> line(std::string_view text, const std::string& where, int depth);
    Result<void> include(ConfigNode& node, int depth);
};

Result<std::string> slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return fail("can't be read", path.string(), "check that it exists and its permissions");
    std::string text(largestFile + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > largestFile)
        return fail("larger than 1 MiB: not an SSH configuration", path.string());
    return text;
}

Result<std::vector<ConfigNode>> Reader::file(const std::filesystem::path& path, int depth) {
    if (depth > deepest || ++files > mostFiles)
        return fail("too many Include levels or files", path.string(), "look for files that include each other");
    if (place.mustBePrivate) {
        struct stat st {};
        if (stat(path.c_str(), &st) == 0 && ((st.st_uid != 0 && st.st_uid != getuid()) || (st.st_mode & 022) != 0))
            return fail("others may write this file, so ssh and Netopsy don't trust it", path.string(),
                        "chmod 600, and own it");
    }
    const Result<std::string> all = slurp(path);
    if (!all)
        return tl::unexpected(all.error());
    std::vector<ConfigNode> nodes;
    std::size_t number = 0;
    for (const std::string_view raw : text::lines(*all)) {
        ++number;
        const std::string_view trimmed = text::trim(raw);
        if (trimmed.empty() || trimmed.front() == '#')
            continue;
        auto node = line(trimmed, path.string() + ":" + std::to_string(number), depth);
        if (!node)
            return tl::unexpected(node.error());
        nodes.push_back(std::move(*node));
    }
    return nodes;
}

Result<ConfigNode> Reader::line(std::string_view text, const std::string& where, int depth) {
    if (text.find('\0') != std::string_view::npos)
        return fail("a NUL byte", where, "this is not a text file");
    // "Keyword value", "Keyword=value", "Keyword = value"; the keyword itself may be quoted.
    std::size_t end = 0;
    std::string keyword;
    if (text.front() == '"') {
        end = text.find('"', 1);
        if (end == std::string_view::npos)
            return fail("a quote is not closed", where);
        keyword = text.substr(1, end - 1);
        ++end;
    } else {
        end = std::min(text.find_first_of(" \t="), text.size());
        keyword = text.substr(0, end);
    }
    std::string_view rest = text::trim(text.substr(end));
    if (!rest.empty() && rest.front() == '=')
        rest = text::trim(rest.substr(1));

    ConfigNode node;
    node.where = where;
    node.keyword = lowered(keyword);
    node.rest = rest;
    if (node.keyword != "proxycommand") { // its quotes are for the shell
        auto args = splitArguments(rest);
        if (!args)
            return fail(args.error().what, where);
        node.args = std::move(*args);
    }
    if (node.args.empty() && (node.keyword != "proxycommand" || rest.empty()))
        return fail("\"" + text::printable(keyword) + "\" has no value", where);
    if (node.keyword == "host") {
        node.kind = ConfigNode::Kind::Host;
    } else if (node.keyword == "match") {
        node.kind = ConfigNode::Kind::Match;
    } else if (node.keyword == "include") {
        node.kind = ConfigNode::Kind::Include;
        if (auto done = include(node, depth); !done)
            return tl::unexpected(done.error());
    }
    return node;
}

Result<void> Reader::include(ConfigNode& node, int depth) {
    for (const std::string& arg : node.args) {
        std::string pattern = expandTilde(arg, place.home);
        if (pattern.front() != '/')
            pattern = (place.system ? std::filesystem::path("/etc/ssh") : place.home / ".ssh") / pattern;
        glob_t found{};
        const int rc = glob(pattern.c_str(), 0, nullptr, &found);
        const std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + (rc == 0 ? found.gl_pathc : 0));
        globfree(&found);
        for (const std::string& path : paths) {
            if (access(path.c_str(), R_OK) != 0)
                continue; // as ssh: an included file that can't be opened is passed by
            auto nodes = file(path, depth + 1);
            if (!nodes)
                return tl::unexpected(nodes.error());
            node.files.push_back(std::move(*nodes));
        }
    }
    return {};
}

} // namespace

Result<std::vector<ConfigNode>> readConfigFile(const std::filesystem::path& file, const ConfigPlace& place) {
    return Reader{place}.file(file, 0);
}

Result<std::vector<std::string>> splitArguments(std::string_view line) {
    std::vector<std::string> args;
    std::size_t i = 0;
    while (true) {
        while (i < line.size() && (line[i] == ' ' || line[i] == '\t'))
            ++i;
        if (i == line.size() || line[i] == '#')
            return args;
        std::string word;
        char quote = 0;
        for (; i < line.size(); ++i) {
            const char c = line[i];
            const char next = i + 1 < line.size() ? line[i + 1] : '\0';
            if (c == '\\' && (next == '"' || next == '\'' || next == '\\' || (quote == 0 && next == ' '))) {
                word += next;
                ++i;
            } else if (quote == 0 && (c == ' ' || c == '\t')) {
                break;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else {
                word += c;
            }
        }
        if (quote != 0)
            return fail("a quote is not closed");
        args.push_back(std::move(word));
    }
}

std::string lowered(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool matchesPattern(std::string_view text, std::string_view pattern) {
    // Greedy with one point to go back to: linear for one star, never exponential.
    std::size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool matchesPatterns(std::string_view text, const std::vector<std::string>& patterns) {
    bool matched = false;
    for (const std::string& pattern : patterns) {
        const bool negated = pattern.starts_with('!');
        if (!matchesPattern(text, std::string_view(pattern).substr(negated ? 1 : 0)))
            continue;
        if (negated)
            return false;
        matched = true;
    }
    return matched;
}

std::string expandTilde(const std::string& path, const std::filesystem::path& home) {
    if (!path.starts_with('~'))
        return path;
    const auto slash = std::min(path.find('/'), path.size());
    std::string base = home.string();
    if (slash > 1) {
        passwd entry{}, *found = nullptr;
        std::array<char, 16384> buffer;
        const std::string user = path.substr(1, slash - 1);
        if (getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
            return path;
        base = entry.pw_dir;
    }
    return base + path.substr(slash);
}

} // namespace netopsy::ssh
