// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strict: an unknown field is an error, so that a misspelt threshold can't silently fall back to nothing.
#include "core/analysis/rule.h"
#include "core/analysis/strict_yaml.h"
#include "core/base/text.h"
#include "resources/resources.h"

#include <cassert>
#include <cmath>

namespace netopsy::analysis {

namespace {

RuleWords variantOf(const YAML::Node& node, const std::string& name) {
    RuleWords words;
    eachField(node, name, [&](const std::string& field, const YAML::Node& value) {
        if (field == "title")
            words.title = scalar(value, field);
        else if (field == "explanation")
            words.explanation = scalar(value, field);
        else if (field == "remedy")
            words.remedy = scalar(value, field);
        else
            throw Fault{"a variant has no field \"" + field + "\"", lineOf(value)};
    });
    return words;
}

RuleEntry entryOf(const YAML::Node& node) {
    RuleEntry entry;
    eachField(node, "rule", [&](const std::string& field, const YAML::Node& value) {
        if (field == "id")
            entry.id = scalar(value, field);
        else if (field == "severity")
            entry.severity = scalar(value, field);
        else if (field == "title")
            entry.title = scalar(value, field);
        else if (field == "explanation")
            entry.explanation = scalar(value, field);
        else if (field == "remedy")
            entry.remedy = scalar(value, field);
        else if (field == "references")
            entry.references = list(value, field);
        else if (field == "tuning_keys")
            entry.tuningKeys = list(value, field);
        else if (field == "keys")
            entry.keys = list(value, field);
        else if (field == "phrases")
            eachField(value, field, [&](const std::string& name, const YAML::Node& said) {
                entry.phrases[name] = scalar(said, name);
            });
        else if (field == "variants")
            eachField(value, field, [&](const std::string& name, const YAML::Node& said) {
                entry.variants[name] = variantOf(said, name);
            });
        else if (field == "thresholds")
            eachField(value, field, [&](const std::string& name, const YAML::Node& number) {
                const auto parsed = text::toDouble(scalar(number, name));
                if (!parsed || !std::isfinite(*parsed))
                    throw Fault{"threshold \"" + name + "\" is no number", lineOf(number)};
                entry.thresholds[name] = *parsed;
            });
        else
            throw Fault{"a rule has no field \"" + field + "\"", lineOf(value)};
    });
    for (const auto& [name, said] : {std::pair{"id", &entry.id},
                                     {"title", &entry.title},
                                     {"explanation", &entry.explanation},
                                     {"remedy", &entry.remedy}})
        if (said->empty())
            throw Fault{"a rule needs \"" + std::string(name) + "\"", lineOf(node)};
    if (!severityOf(entry.severity))
        throw Fault{"severity must be info, warning or critical", lineOf(node)};
    return entry;
}

} // namespace

Result<RuleBook> RuleBook::parse(std::string_view yaml, const std::string& file) {
    return strictly<RuleBook>(yaml, file, [](const YAML::Node& root) {
        RuleBook book;
        eachField(root, "document", [&](const std::string& field, const YAML::Node& rules) {
            if (field != "rules" || !rules.IsSequence())
                throw Fault{"the document must be a list under \"rules\"", lineOf(rules)};
            for (const YAML::Node& rule : rules) {
                RuleEntry entry = entryOf(rule);
                const std::string id = entry.id;
                if (!book.entries.emplace(id, std::move(entry)).second)
                    throw Fault{"rule \"" + id + "\" comes twice", lineOf(rule)};
            }
        });
        return book;
    });
}

const RuleBook& RuleBook::builtin() {
    static const RuleBook book = [] {
        RuleBook all;
        for (const std::string_view name : resourceNames()) {
            if (!name.starts_with("rules/"))
                continue;
            auto one = parse(resource(name), "resources/" + std::string(name));
            assert(one && "a shipped rule file is faulty; tst_rule_book says where");
            if (one)
                all.entries.merge(one->entries);
        }
        return all;
    }();
    return book;
}

const RuleEntry* RuleBook::find(std::string_view id) const {
    const auto found = entries.find(id);
    return found == entries.end() ? nullptr : &found->second;
}

} // namespace netopsy::analysis
