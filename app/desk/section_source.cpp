// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/section_source.h"

#include "core/store/case_file.h"

#include <QPointer>

namespace netopsy::app {

namespace {

/// Opens the case, asks `read` of it, and brings the answer home.
template<class T>
void readThere(QThreadPool& pool, QObject& home, const QString& path, QObject* context,
               std::function<Result<T>(const store::CaseReader&)> read, std::function<void(Result<T>)> done) {
    const QPointer<QObject> asker(context); // only tested at home
    pool.start([path, &home, asker, read = std::move(read), done = std::move(done)] {
        const auto reader = store::CaseReader::open(path.toStdString());
        Result<T> answer = reader ? read(*reader) : Result<T>(tl::unexpected(reader.error()));
        QMetaObject::invokeMethod(
            &home,
            [asker, done, answer = std::move(answer)] {
                if (asker)
                    done(answer);
            },
            Qt::QueuedConnection);
    });
}

} // namespace

void SectionSource::section(const model::SectionRef& ref, QObject* context,
                            std::function<void(Result<model::RawSection>)> done) {
    readThere<model::RawSection>(
        m_pool, m_home, m_path, context, [ref](const store::CaseReader& reader) { return reader.section(ref); },
        std::move(done));
}

void SectionSource::sections(const QString& node, QObject* context,
                             std::function<void(Result<std::vector<model::RawSection>>)> done) {
    readThere<std::vector<model::RawSection>>(
        m_pool, m_home, m_path, context,
        [name = node.toStdString()](const store::CaseReader& reader) { return reader.sections(name); },
        std::move(done));
}

} // namespace netopsy::app
