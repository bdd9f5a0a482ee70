// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/file_session.h"

#include <QDateTime>
#include <QLocale>

namespace netopsy::app {

FileSession::FileSession(QString path, QString title, std::shared_ptr<const model::Case> snapshot,
                         std::shared_ptr<const analysis::Analysis> analysis, QObject* parent)
    : ui::CaseSession(parent), m_path(std::move(path)), m_title(std::move(title)), m_snapshot(std::move(snapshot)),
      m_analysis(std::move(analysis)), m_sections(m_path) {}

ui::Progress FileSession::progress() const {
    ui::Progress progress;
    progress.phase = m_snapshot->meta.finished ? tr("Done") : tr("Cut off before its end");
    progress.fraction = 1.0;
    return progress;
}

void FileSession::requestSection(const model::SectionRef& ref, QObject* context,
                                 std::function<void(Result<model::RawSection>)> done) {
    m_sections.section(ref, context, std::move(done));
}

void FileSession::requestSections(const QString& node, QObject* context,
                                  std::function<void(Result<std::vector<model::RawSection>>)> done) {
    m_sections.sections(node, context, std::move(done));
}

QString caseTitle(const model::Case& subject) {
    QString what;
    if (subject.cluster)
        what = QString::fromStdString(subject.cluster->context);
    else if (!subject.nodes.empty())
        what = QString::fromStdString(subject.nodes.front().name);
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(subject.meta.started / 1'000'000);
    return QStringLiteral("%1, %2").arg(what, QLocale().toString(when, QStringLiteral("yyyy-MM-dd HH:mm")));
}

} // namespace netopsy::app
