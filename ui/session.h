// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window knows of a case, live or from a file. The views never reach a node, a socket or a file
// themselves: app implements this over the engine and the store.
#pragma once

#include "core/analysis/finding.h"
#include "core/base/result.h"
#include "core/model/case.h"

#include <QObject>
#include <QString>
#include <QVector>

#include <functional>
#include <memory>

namespace netopsy::ui {

struct NodeProgress {
    QString node;
    QString doing;       ///< "authenticating", "collecting (12 of 30 s)", "failed: …"
    double fraction = 0; ///< 0..1
    bool failed = false, done = false;
};

struct Progress {
    QString phase;          ///< "Reading the cluster", "Collecting", "Done", "Cancelled"
    double fraction = 0;    ///< 0..1
    double remainingS = -1; ///< -1 unknown
    QVector<NodeProgress> nodes;
};

/// All signals come in the GUI thread.
class CaseSession : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// Never null; immutable; replaced as a whole when changed() is emitted.
    [[nodiscard]] virtual std::shared_ptr<const model::Case> snapshot() const = 0;
    [[nodiscard]] virtual std::shared_ptr<const analysis::Analysis> analysis() const = 0;
    [[nodiscard]] virtual QString title() const = 0;    ///< "prod-eu, 14:02" or the file's name
    [[nodiscard]] virtual QString filePath() const = 0; ///< where the case is (being) saved
    [[nodiscard]] virtual bool isLive() const = 0;
    [[nodiscard]] virtual Progress progress() const = 0;
    virtual void cancel() = 0; ///< keeps what was got

    /// Fetches a raw section off the GUI thread; `done` is called in the GUI thread, unless `context` has died.
    virtual void requestSection(const model::SectionRef& ref, QObject* context,
                                std::function<void(Result<model::RawSection>)> done) = 0;
    /// Which sections of a node exist, without bodies.
    virtual void requestSections(const QString& node, QObject* context,
                                 std::function<void(Result<std::vector<model::RawSection>>)> done) = 0;

signals:
    void changed(); ///< a new snapshot and analysis
    void progressChanged();
    void finished(const QString& problem); ///< empty when all went well
};

} // namespace netopsy::ui
