// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/rule.h"
#include "resources/resources.h"

#include <QTest>

using namespace netopsy;
using namespace netopsy::analysis;

class TestRuleBook : public QObject {
    Q_OBJECT
private slots:
    void shippedFilesParse() {
        std::size_t rules = 0;
        for (const std::string_view name : resourceNames())
            if (name.starts_with("rules/")) {
                const auto book = RuleBook::parse(resource(name), std::string(name));
                QVERIFY2(book.has_value(), book ? "" : book.error().text().c_str());
                rules += book->entries.size();
            }
        QCOMPARE(RuleBook::builtin().entries.size(), rules); // no id stands in two files
    }
    void registryAndBookAgree() {
        QCOMPARE(registry().size(), RuleBook::builtin().entries.size());
        for (const Rule& rule : registry()) {
            const RuleEntry* entry = RuleBook::builtin().find(rule.id);
            QVERIFY2(entry != nullptr, rule.id);
            for (const char* threshold : rule.thresholds)
                QVERIFY2(entry->thresholds.contains(threshold), (std::string(rule.id) + ": " + threshold).c_str());
            QCOMPARE(entry->thresholds.size(), rule.thresholds.size()); // none that nobody reads
        }
    }
    void faultsNameFileAndLine_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("text");
        const QByteArray head =
            "rules:\n  - id: a\n    severity: info\n    title: t\n    explanation: e\n    remedy: r\n";
        QTest::newRow("not yaml") << QByteArray("rules: [") << "r.yaml:1: not valid YAML";
        QTest::newRow("unknown field") << head + "    tresholds: {}\n"
                                       << "r.yaml:7: a rule has no field \"tresholds\"";
        QTest::newRow("no number") << head + "    thresholds:\n      x: 2ms\n"
                                   << "r.yaml:8: threshold \"x\" is no number";
        QTest::newRow("not finite") << head + "    thresholds: { x: inf }\n"
                                    << "r.yaml:7: threshold \"x\" is no number";
        QTest::newRow("twice") << head + head.mid(7) << "r.yaml:7: rule \"a\" comes twice";
        QTest::newRow("field twice") << head + "    title: u\n"
                                     << "r.yaml:7: \"title\" comes twice";
        QTest::newRow("severity") << QByteArray(head).replace("info", "bad") << "r.yaml:2: severity must be";
        QTest::newRow("no title") << QByteArray(head).replace("title: t", "title: ''")
                                  << "r.yaml:2: a rule needs \"title\"";
        QTest::newRow("no list") << QByteArray("rules: 3\n") << "r.yaml:1: the document must be a list";
        QTest::newRow("other document") << QByteArray("- a\n") << "r.yaml:1: \"document\" must be a map";
    }
    void faultsNameFileAndLine() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, text);
        const auto book = RuleBook::parse(yaml.toStdString(), "r.yaml");
        QVERIFY(!book);
        const auto said = QString::fromStdString(book.error().text());
        QVERIFY2(said.startsWith(text), qPrintable(said));
    }
    void placeholders() {
        std::vector<std::string> unknown;
        QCOMPARE(fill("{a} {b} {\"Type\": {a}} {", {{"a", "1"}}, unknown), std::string("1 {b} {\"Type\": 1} {"));
        QCOMPARE(unknown, std::vector<std::string>{"b"});
    }
    void unknownWordsAreAFault() {
        RuleEntry entry;
        entry.id = "x";
        entry.title = "{nobody}";
        RuleResult result(entry);
        result.fire(Severity::Info, {}, {}, "none");
        QCOMPARE(result.faults.size(), std::size_t{2}); // no such variant, no such word
    }
};

QTEST_APPLESS_MAIN(TestRuleBook)
#include "tst_rule_book.moc"
