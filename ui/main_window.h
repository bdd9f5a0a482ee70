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
    void showSession(CaseSession* session); ///< takes the session as a child

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace netopsy::ui
