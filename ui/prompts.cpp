// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/prompts.h"

#include <QCoreApplication>
#include <QInputDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>

namespace netopsy::ui {

namespace {

struct Prompts {
    Q_DECLARE_TR_FUNCTIONS(Prompts)
};

/// Refusing is what Enter and Escape do: a key is accepted by will only.
void askHostKey(Backend& backend, QWidget* window, int id, const HostKeyPrompt& prompt) {
    auto* box = new QMessageBox(QMessageBox::Question, Prompts::tr("Unknown host key"),
                                Prompts::tr("%1 is not in known_hosts. It shows this %2 key:\n\n%3\n\nCompare it "
                                            "with what the node's own administrator sees. Accept it and add it "
                                            "to known_hosts?")
                                    .arg(prompt.host, prompt.keyType, prompt.fingerprint),
                                QMessageBox::NoButton, window);
    box->setObjectName(QStringLiteral("hostKeyBox"));
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* accept = box->addButton(Prompts::tr("Accept"), QMessageBox::YesRole);
    QPushButton* refuse = box->addButton(Prompts::tr("Refuse"), QMessageBox::NoRole);
    box->setDefaultButton(refuse);
    box->setEscapeButton(refuse);
    QObject::connect(box, &QMessageBox::finished, &backend,
                     [&backend, id, box, accept] { backend.answerHostKey(id, box->clickedButton() == accept); });
    box->open();
}

void askPassphrase(Backend& backend, QWidget* window, int id, const QString& keyFile) {
    auto* dialog = new QInputDialog(window);
    dialog->setObjectName(QStringLiteral("passphraseDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Prompts::tr("Passphrase"));
    dialog->setLabelText(Prompts::tr("Passphrase of %1 (it is not kept):").arg(keyFile));
    dialog->setTextEchoMode(QLineEdit::Password);
    QObject::connect(dialog, &QDialog::finished, &backend, [&backend, id, dialog](int result) {
        backend.answerPassphrase(id, result == QDialog::Accepted ? dialog->textValue() : QString());
    });
    dialog->open();
}

} // namespace

void answerPrompts(Backend& backend, QWidget* window) {
    QObject::connect(
        &backend, &Backend::hostKeyAsked, window,
        [&backend, window](int id, const HostKeyPrompt& prompt) { askHostKey(backend, window, id, prompt); });
    QObject::connect(
        &backend, &Backend::passphraseAsked, window,
        [&backend, window](int id, const QString& keyFile) { askPassphrase(backend, window, id, keyFile); });
}

} // namespace netopsy::ui
