// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/run_sheet.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace netopsy::ui {

namespace {

QLineEdit* edit(const QString& value, const QString& placeholder, const char* name) {
    auto* line = new QLineEdit(value);
    line->setPlaceholderText(placeholder);
    line->setObjectName(QString::fromLatin1(name));
    return line;
}

QDoubleSpinBox* seconds(double value, double low, double high) {
    auto* box = new QDoubleSpinBox;
    box->setRange(low, high);
    box->setDecimals(1);
    box->setSuffix(RunSheet::tr(" s"));
    box->setValue(value);
    return box;
}

QStringList listOf(const QLineEdit* line) {
    QStringList out;
    for (const QString& item : line->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
        out << item.trimmed();
    return out;
}

} // namespace

RunSheet::RunSheet(const AutopsyRequest& request, QWidget* parent)
    : QDialog(parent), m_request(request),
      m_user(edit(request.sshUser, tr("from ssh_config, else your login name"), "sshUser")),
      m_identity(edit(request.identity, tr("from ssh_config, the agent, or ~/.ssh"), "identity")),
      m_config(edit(request.sshConfig, tr("~/.ssh/config"), "sshConfig")),
      m_knownHosts(edit(request.knownHosts, tr("~/.ssh/known_hosts"), "knownHosts")),
      m_nodes(edit(request.nodes.join(QStringLiteral(", ")), tr("all"), "nodes")),
      m_dnsNames(
          edit(request.dnsNames.join(QStringLiteral(", ")), tr("none beside the cluster's own"), "dnsNames")),
      m_podNames(edit(request.pods.join(QStringLiteral(", ")), tr("namespace/name, …"), "podNames")),
      m_port(new QSpinBox), m_pods(new QSpinBox), m_addressType(new QComboBox),
      m_duration(seconds(request.durationS, 2, 86400)), m_interval(seconds(request.intervalS, 0.1, 600)),
      m_probes(new QCheckBox(tr("Measure DNS and round trips actively"))),
      m_sudo(new QCheckBox(tr("Collect as root by sudo (must not ask for a password)"))) {
    setObjectName(QStringLiteral("runSheet"));
    const QString what = request.local ? tr("this machine") : request.context;
    setWindowTitle(tr("Autopsy of %1").arg(what));
    m_port->setRange(0, 65535);
    m_port->setSpecialValueText(tr("from ssh_config, else 22"));
    m_port->setValue(request.sshPort);
    m_addressType->addItems(
        {QStringLiteral("InternalIP"), QStringLiteral("ExternalIP"), QStringLiteral("Hostname")});
    m_addressType->setCurrentText(request.addressType);
    m_probes->setChecked(request.activeProbes);
    m_pods->setObjectName(QStringLiteral("podsPerNode"));
    m_pods->setRange(0, 16);
    m_pods->setValue(request.podsPerNode);
    m_pods->setSpecialValueText(tr("none"));
    m_pods->setToolTip(
        tr("Their network namespaces are entered for the measuring alone; it takes root on the node."));
    m_pods->setEnabled(request.activeProbes);
    connect(m_probes, &QCheckBox::toggled, m_pods, &QWidget::setEnabled);
    m_podNames->setEnabled(request.activeProbes);
    connect(m_probes, &QCheckBox::toggled, m_podNames, &QWidget::setEnabled);
    m_sudo->setChecked(request.sudo);
    m_duration->setObjectName(QStringLiteral("duration"));

    auto* words = new QLabel;
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setText(
        request.local
            ? tr("A script that only reads runs on this machine; nothing is changed.")
            : tr("The cluster is read through its API; each node is reached over SSH and runs a script that "
                 "only reads. A small measuring program travels with it and is removed as soon as it has "
                 "started. Nothing is changed. An unknown host key is asked about, with its fingerprint."));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    if (!request.local) {
        form->addRow(tr("User"), m_user);
        form->addRow(tr("Private key"), filePicker(m_identity, tr("Private key")));
        form->addRow(tr("Port"), m_port);
        form->addRow(tr("ssh_config"), filePicker(m_config, tr("ssh_config")));
        form->addRow(tr("known_hosts"), filePicker(m_knownHosts, tr("known_hosts")));
        form->addRow(tr("Nodes' addresses"), m_addressType);
        form->addRow(tr("Only these nodes"), m_nodes);
    }
    form->addRow(tr("How long"), m_duration);
    form->addRow(tr("A sample every"), m_interval);
    form->addRow(tr("Also time these names"), m_dnsNames);
    form->addRow(QString(), m_probes);
    if (!request.local) {
        form->addRow(tr("Pods of each node to measure from, too"), m_pods);
        form->addRow(tr("Among them these"), m_podNames);
    }
    form->addRow(QString(), m_sudo);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* start = buttons->addButton(tr("Start autopsy"), QDialogButtonBox::AcceptRole);
    start->setObjectName(QStringLiteral("startAutopsy"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(16);
    layout->addWidget(words);
    layout->addLayout(form);
    layout->addWidget(buttons);
    start->setDefault(true); // in the dialog by now: earlier, Enter would have gone to the first "Browse"
    resize(620, sizeHint().height());
}

QWidget* RunSheet::filePicker(QLineEdit* line, const QString& title) {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* browse = new QPushButton(tr("Browse…"));
    browse->setAutoDefault(false);
    layout->addWidget(line, 1);
    layout->addWidget(browse);
    row->setFocusProxy(line);
    connect(browse, &QPushButton::clicked, this, [this, line, title] {
        const QString file = QFileDialog::getOpenFileName(this, title, line->text());
        if (!file.isEmpty())
            line->setText(file);
    });
    return row;
}

AutopsyRequest RunSheet::request() const {
    AutopsyRequest request = m_request;
    request.sshUser = m_user->text().trimmed();
    request.identity = m_identity->text().trimmed();
    request.sshConfig = m_config->text().trimmed();
    request.knownHosts = m_knownHosts->text().trimmed();
    request.sshPort = m_port->value();
    request.addressType = m_addressType->currentText();
    request.nodes = listOf(m_nodes);
    request.dnsNames = listOf(m_dnsNames);
    request.durationS = m_duration->value();
    request.intervalS = m_interval->value();
    request.activeProbes = m_probes->isChecked();
    request.podsPerNode = m_pods->value();
    request.pods = request.activeProbes ? listOf(m_podNames) : QStringList();
    request.sudo = m_sudo->isChecked();
    return request;
}

} // namespace netopsy::ui
