// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend.h"

#include <QMainWindow>

#include <memory>

namespace netopsy::ui {

/// One window: the start page, or one case.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Backend& backend, QWidget* parent = nullptr);
    ~MainWindow() override;

    void showStart();
    /// Takes the session as a child. A live one is shown while it runs.
    void showSession(CaseSession* session);
    /// The packet's path between these two, given as path::derive() takes them.
    void showPath(const QString& from, const QString& to);
    /// Shows the sheet that asks how to reach the nodes, filled with `request`.
    void prepareAutopsy(const AutopsyRequest& request);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace netopsy::ui
