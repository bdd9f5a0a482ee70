// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desk/section_source.h"
#include "ui/session.h"

namespace netopsy::app {

/// A case that was read from its file. Nothing about it changes any more.
class FileSession : public ui::CaseSession {
    Q_OBJECT
public:
    FileSession(QString path, QString title, std::shared_ptr<const model::Case> snapshot,
                std::shared_ptr<const analysis::Analysis> analysis, QObject* parent);

    [[nodiscard]] std::shared_ptr<const model::Case> snapshot() const override { return m_snapshot; }
    [[nodiscard]] std::shared_ptr<const analysis::Analysis> analysis() const override { return m_analysis; }
    [[nodiscard]] QString title() const override { return m_title; }
    [[nodiscard]] QString filePath() const override { return m_path; }
    [[nodiscard]] bool isLive() const override { return false; }
    [[nodiscard]] ui::Progress progress() const override;
    void cancel() override {}
    void requestSection(const model::SectionRef& ref, QObject* context,
                        std::function<void(Result<model::RawSection>)> done) override;
    void requestSections(const QString& node, QObject* context,
                         std::function<void(Result<std::vector<model::RawSection>>)> done) override;

private:
    QString m_path, m_title;
    std::shared_ptr<const model::Case> m_snapshot;
    std::shared_ptr<const analysis::Analysis> m_analysis;
    SectionSource m_sections;
};

/// "prod-eu, 2026-11-23 14:02": the cluster's context (or the machine's name) and when it was begun.
[[nodiscard]] QString caseTitle(const model::Case& subject);

} // namespace netopsy::app
