// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"
#include "core/path/path.h"

#include <QWidget>

#include <memory>

class QBoxLayout;
class QLabel;
class QPlainTextEdit;
class QStackedWidget;

namespace netopsy::ui {

class PathView;

/// The diagram with what belongs to it: the ends and remarks in words above, the chosen hop's facts below, zoom and
/// export at hand; or, when there is no path, why.
class PathBoard : public QWidget {
    Q_OBJECT
public:
    explicit PathBoard(QWidget* parent = nullptr);
    void setPath(const path::Path& way, std::shared_ptr<const analysis::Analysis> analysis);
    void setMessage(const QString& why); ///< in place of a path
    [[nodiscard]] PathView* view() const { return m_view; }
    void addTool(QWidget* tool); ///< at the left of the row of tools
    /// Makes the hop that this finding sits on the current one; false when it sits on none.
    bool lightUp(const analysis::Finding& finding);

signals:
    void findingActivated(const netopsy::analysis::Finding& finding);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override; ///< Esc closes the hop's facts

private:
    void showDetail(bool open);
    void fillDetail();
    void activateFinding(std::size_t index);

    std::shared_ptr<const analysis::Analysis> m_analysis;
    QStackedWidget* m_stack;
    QLabel *m_message, *m_heading, *m_problems, *m_remarks;
    PathView* m_view;
    QWidget* m_detail;
    QPlainTextEdit* m_facts;
    QBoxLayout *m_tools, *m_findings;
};

} // namespace netopsy::ui
