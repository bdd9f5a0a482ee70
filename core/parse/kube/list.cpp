// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/list.h"

#include <nlohmann/json.hpp>

namespace netopsy::parse::kube {

namespace {

using nlohmann::json;

constexpr std::size_t maxDepth = 64; ///< managedFields of real objects stay below 20

/// Builds only what a Keep asks for; everything else is walked over without being stored.
class Builder final : public json::json_sax_t {
public:
    Builder(const Keep& keep, const ItemFn* take, Page* page) : m_keep(keep), m_take(take), m_page(page) {}

    bool null() override { return value(nullptr); }
    bool boolean(bool v) override { return value(v); }
    bool number_integer(number_integer_t v) override { return value(v); }
    bool number_unsigned(number_unsigned_t v) override { return value(v); }
    bool number_float(number_float_t v, const string_t&) override { return value(v); }
    bool string(string_t& v) override { return value(std::move(v)); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        if (m_skipping > 0)
            return true;
        const Frame& top = m_stack.back();
        m_childKeep = top.keep->everything() ? top.keep : top.keep->child(name);
        if (m_childKeep)
            m_key = std::move(name);
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        m_problem = "is not valid JSON at byte " + std::to_string(position);
        return false;
    }

    [[nodiscard]] const json& root() const { return m_root; }
    [[nodiscard]] const std::string& problem() const { return m_problem; }
    [[nodiscard]] bool sawItems() const { return m_sawItems; }

private:
    struct Frame {
        json* value;
        const Keep* keep;
        bool isItems; ///< the list's "items" array
    };

    /// Where the next value belongs: null when it is not kept.
    json* slot(const Keep*& keep, bool& isItem) {
        isItem = false;
        if (m_stack.empty()) {
            keep = &m_keep;
            return &m_root;
        }
        const Frame& top = m_stack.back();
        if (top.value->is_array()) {
            keep = top.keep;
            isItem = top.isItems;
            top.value->emplace_back();
            return &top.value->back();
        }
        keep = m_childKeep;
        return keep ? &(*top.value)[m_key] : nullptr;
    }

    template<class T>
    bool value(T&& v) {
        if (m_skipping > 0)
            return true;
        const Keep* keep = nullptr;
        bool isItem = false;
        if (json* at = slot(keep, isItem)) {
            *at = std::forward<T>(v);
            if (isItem)
                deliver();
        }
        return true;
    }

    bool open(json empty) {
        if (m_stack.size() + m_skipping >= maxDepth) {
            m_problem = "is nested deeper than " + std::to_string(maxDepth) + " levels";
            return false;
        }
        if (m_skipping > 0) {
            ++m_skipping;
            return true;
        }
        const Keep* keep = nullptr;
        bool isItem = false;
        json* at = slot(keep, isItem);
        if (!at) {
            m_skipping = 1;
            return true;
        }
        const bool isItems = m_take && m_stack.size() == 1 && empty.is_array() && m_key == "items";
        m_sawItems |= isItems;
        *at = std::move(empty);
        m_stack.push_back({at, keep, isItems});
        return true;
    }

    bool close() {
        if (m_skipping > 0) {
            --m_skipping;
            return true;
        }
        m_stack.pop_back();
        if (!m_stack.empty() && m_stack.back().isItems)
            deliver();
        return true;
    }

    void deliver() {
        json& items = *m_stack.back().value;
        std::string problem = items.back().is_object() ? (*m_take)(items.back()) : "is not an object";
        items.clear();
        if (problem.empty()) {
            ++m_page->items;
            return;
        }
        ++m_page->skipped;
        if (m_page->firstProblem.empty())
            m_page->firstProblem = std::move(problem);
    }

    const Keep& m_keep;
    const ItemFn* m_take;
    Page* m_page;
    json m_root;
    std::vector<Frame> m_stack;
    std::size_t m_skipping = 0;
    const Keep* m_childKeep = nullptr;
    std::string m_key;
    std::string m_problem;
    bool m_sawItems = false;
};

bool run(std::string_view bytes, Builder& builder) {
    return json::sax_parse(bytes.begin(), bytes.end(), &builder);
}

} // namespace

Keep::Keep(std::initializer_list<std::string_view> paths) {
    for (std::string_view path : paths) {
        Keep* at = this;
        for (;;) {
            const auto dot = path.find('.');
            at = &at->m_children[std::string(path.substr(0, dot))];
            if (dot == std::string_view::npos)
                break;
            path.remove_prefix(dot + 1);
        }
    }
}

const Keep* Keep::child(std::string_view key) const {
    const auto found = m_children.find(key);
    return found == m_children.end() ? nullptr : &found->second;
}

Result<Page> parseList(std::string_view bytes, const Keep& keep, const ItemFn& take) {
    Keep whole{"kind", "metadata.continue"};
    whole.graft("items", keep);
    Page page;
    Builder builder(whole, &take, &page);
    if (!run(bytes, builder))
        return fail("the answer " + (builder.problem().empty() ? "is not valid JSON" : builder.problem()));
    const json& root = builder.root();
    const auto kind = root.is_object() ? root.find("kind") : root.end();
    const bool isList = root.is_object() && kind != root.end() && kind->is_string() &&
                        std::string_view(kind->get_ref<const std::string&>()).ends_with("List");
    // A server written in Go sends "items": null for an empty list of some kinds.
    const bool hasItems =
        builder.sawItems() || (root.is_object() && root.contains("items") && root["items"].is_null());
    if (!isList || !hasItems)
        return fail("the answer is JSON, but no list of Kubernetes objects");
    if (const auto metadata = root.find("metadata"); metadata != root.end() && metadata->is_object())
        if (const auto token = metadata->find("continue"); token != metadata->end() && token->is_string())
            page.continueToken = token->get<std::string>();
    return page;
}

Result<void> parseObject(std::string_view bytes, const Keep& keep, const ItemFn& take) {
    Builder builder(keep, nullptr, nullptr);
    if (!run(bytes, builder))
        return fail("the answer " + (builder.problem().empty() ? "is not valid JSON" : builder.problem()));
    if (!builder.root().is_object())
        return fail("the answer is JSON, but no Kubernetes object");
    if (std::string problem = take(builder.root()); !problem.empty())
        return fail("the object " + problem);
    return {};
}

} // namespace netopsy::parse::kube
