// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/file_lines.h"
#include "core/parse/sections.h"

#include <algorithm>

namespace netopsy::parse {

namespace {

constexpr std::string_view root = "/sys/class/net/";
constexpr std::size_t maxLinks = 4096; ///< a node with more pods than that is no node

std::string upper(std::string_view s) {
    std::string out(s);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    return out;
}

/// The link of this name; made when `ip` did not tell of it.
model::Link& linkNamed(model::Node& node, std::string_view name, bool& made) {
    for (model::Link& link : node.facts.links)
        if (link.name == name)
            return link;
    made = true;
    model::Link link;
    link.name = text::printable(name);
    node.facts.links.push_back(std::move(link));
    return node.facts.links.back();
}

/// What sysfs can say of a link's nature when `ip` could not: a DEVTYPE, the loopback's ARPHRD number, or a driver.
std::string kindFromSysfs(const std::map<std::string_view, std::string_view>& fields, const model::Link& link) {
    if (const auto type = fields.find("type"); type != fields.end() && type->second == "772")
        return "loopback";
    if (const auto devtype = fields.find("DEVTYPE"); devtype != fields.end())
        return std::string(devtype->second);
    return link.driver.empty() ? "virtual" : "physical";
}

} // namespace

void sectionLinksSysfs(model::Node& node, const model::RawSection& section) {
    std::map<std::string_view, std::map<std::string_view, std::string_view>> byLink;
    for (const auto& [path, lines] : fileLines(section.body)) {
        if (!path.starts_with(root) || lines.empty())
            continue;
        const std::string_view rest = path.substr(root.size());
        const auto slash = rest.find('/');
        if (slash == std::string_view::npos)
            continue;
        const std::string_view name = rest.substr(0, slash);
        // The kernel refuses none but '/' ':' and blanks in a name; what can't be shown is no link to speak of.
        if (text::printable(name) != name || (byLink.size() >= maxLinks && !byLink.contains(name)))
            continue;
        auto& fields = byLink[name];
        const std::string_view file = rest.substr(slash + 1);
        if (file == "uevent") {
            for (const FileLine& line : lines)
                if (line.text.starts_with("DEVTYPE="))
                    fields["DEVTYPE"] = line.text.substr(8);
        } else {
            fields[file] = text::trim(lines.front().text);
        }
    }
    const bool alone = node.facts.links.empty();
    std::map<std::string_view, bool> made;
    for (const auto& [name, fields] : byLink) {
        bool isNew = false;
        model::Link& link = linkNamed(node, name, isNew);
        made[name] = isNew;
        link.rps.clear();
        for (const auto& [file, value] : fields) {
            const auto number = text::toInt(value);
            if (file == "speed") {
                // -1 and an error alike mean that the driver does not know.
                link.speedMbps = number && *number > 0
                                     ? Reading<int>(static_cast<int>(std::min<std::int64_t>(*number, 10'000'000)))
                                     : Reading<int>(Absent{"the driver tells no speed"});
            } else if (file.starts_with("queues/rx-") && file.ends_with("/rps_cpus")) {
                const std::string_view queue = file.substr(7);
                link.rps[std::string(queue.substr(0, queue.find('/')))] = text::printable(value);
            } else if (isNew && file == "ifindex" && number) {
                link.index = static_cast<int>(std::clamp<std::int64_t>(*number, 0, INT32_MAX));
            } else if (isNew && file == "mtu" && number) {
                link.mtu = static_cast<int>(std::clamp<std::int64_t>(*number, 0, INT32_MAX));
            } else if (isNew && file == "operstate") {
                link.state = upper(value);
            } else if (isNew && file == "address") {
                link.mac = text::printable(value);
            }
        }
    }
    for (const std::string_view line : text::lines(section.body)) {
        const auto words = text::words(line);
        if (words.size() < 3 || !words[1].starts_with(root))
            continue;
        const std::string_view name = words[1].substr(root.size());
        const auto link = std::find_if(node.facts.links.begin(), node.facts.links.end(),
                                       [&](const model::Link& l) { return l.name == name; });
        if (link == node.facts.links.end())
            continue;
        if (words[0] == "driver") {
            link->driver = text::printable(words[2].substr(words[2].rfind('/') + 1));
        } else if (words[0] == "queues" && words.size() == 4) {
            link->rxQueues = static_cast<int>(std::min<std::uint64_t>(text::toUint(words[2]).value_or(0), 65536));
            link->txQueues = static_cast<int>(std::min<std::uint64_t>(text::toUint(words[3]).value_or(0), 65536));
        }
    }
    for (model::Link& link : node.facts.links)
        if (made[link.name])
            link.kind = kindFromSysfs(byLink[link.name], link);
    if (alone && !node.facts.links.empty())
        note(node, "links: told by sysfs alone; addresses and tunnels' settings are unknown");
}

} // namespace netopsy::parse
