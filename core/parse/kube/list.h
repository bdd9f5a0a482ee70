// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One page of a Kubernetes list, read as a stream. A page of 500 pods is megabytes of managedFields and
// status that an autopsy never looks at, so the parser keeps only the paths that a kind asks for and hands
// over one object at a time; a DOM of the whole page was measured at six times the memory and twice the time.
//
// Untrusted input: depth is bounded, the page's size is bounded by who fetched it, and an object that is not
// what its kind says is skipped and counted, so that one broken object costs only itself.
#pragma once

#include "core/base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace netopsy::parse::kube {

/// The paths of an object that are worth keeping: "metadata.name", "spec.containers.image". Arrays are passed
/// through; a path keeps everything below it.
class Keep {
public:
    Keep() = default;
    Keep(std::initializer_list<std::string_view> paths);

    [[nodiscard]] const Keep* child(std::string_view key) const;
    [[nodiscard]] bool everything() const { return m_children.empty(); }
    /// Puts `sub` below `key`.
    void graft(std::string key, Keep sub) { m_children.insert_or_assign(std::move(key), std::move(sub)); }

private:
    std::map<std::string, Keep, std::less<>> m_children;
};

struct Page {
    std::string continueToken; ///< empty: this was the last page
    std::size_t items = 0;     ///< objects taken
    std::size_t skipped = 0;   ///< objects that were not understood
    std::string firstProblem;  ///< why the first of them wasn't
};

/// Takes one object; returns what is wrong with it, or nothing.
using ItemFn = std::function<std::string(const nlohmann::json& item)>;

/// An error when `bytes` are not a list at all (not JSON, cut short, another kind of document).
[[nodiscard]] Result<Page> parseList(std::string_view bytes, const Keep& keep, const ItemFn& take);

/// The same for one object that is no list.
[[nodiscard]] Result<void> parseObject(std::string_view bytes, const Keep& keep, const ItemFn& take);

} // namespace netopsy::parse::kube
