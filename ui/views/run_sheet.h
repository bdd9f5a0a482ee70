// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace netopsy::ui {

/// How the nodes will be reached and what will run there, before anything does.
class RunSheet : public QDialog {
    Q_OBJECT
public:
    explicit RunSheet(const AutopsyRequest& request, QWidget* parent = nullptr);
    [[nodiscard]] AutopsyRequest request() const;

private:
    QWidget* filePicker(QLineEdit* edit, const QString& title);

    AutopsyRequest m_request;
    QLineEdit *m_user, *m_identity, *m_config, *m_knownHosts, *m_nodes, *m_dnsNames, *m_podNames;
    QSpinBox *m_port, *m_pods;
    QComboBox* m_addressType;
    QDoubleSpinBox *m_duration, *m_interval;
    QCheckBox *m_probes, *m_sudo;
};

} // namespace netopsy::ui
