// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/path_page.h"

#include "core/analysis/ends.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/path_board.h"
#include "ui/widgets/path_view.h"

#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace netopsy::ui {

namespace {

QSettings settings() {
    return QSettings(QStringLiteral("netopsy"), QStringLiteral("netopsy"));
}

/// One cluster's ends mean nothing in another.
QString keyOf(const model::Case& subject) {
    const std::string context = subject.cluster ? subject.cluster->context : std::string();
    return QStringLiteral("path/") + QString::fromLatin1(QUrl::toPercentEncoding(
                                         QString::fromStdString(context.empty() ? "local" : context)));
}

std::string worstOf(const CaseDigest& digest) {
    const auto worst =
        std::max_element(digest.nodes.begin(), digest.nodes.end(), [](const auto& a, const auto& b) {
            return std::pair(a.worst, a.weight) < std::pair(b.worst, b.weight);
        });
    return worst == digest.nodes.end() ? std::string() : worst->node->name;
}

Result<path::Path> between(const model::Case& subject, const PathChoice& choice) {
    return pathBetween(subject, choice.from.toStdString(), choice.to.toStdString(), choice.family);
}

} // namespace

PathPage::PathPage(QWidget* parent)
    : QWidget(parent), m_from(new QComboBox), m_to(new QComboBox), m_family(new QComboBox),
      m_board(new PathBoard) {
    setObjectName(QStringLiteral("pathPage"));
    const auto chooser = [this](QComboBox* box, const char* name, const QString& accessible) {
        box->setObjectName(QString::fromLatin1(name));
        box->setAccessibleName(accessible);
        box->setEditable(true);
        box->setInsertPolicy(QComboBox::NoInsert);
        box->setModel(&m_ends);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(24);
        box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        box->setMaxVisibleItems(20);
        auto* completer = new QCompleter(&m_ends, box);
        completer->setCompletionRole(Qt::EditRole);
        completer->setFilterMode(Qt::MatchContains);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        completer->setMaxVisibleItems(14);
        box->setCompleter(completer);
        connect(box, &QComboBox::activated, this, &PathPage::take);
        connect(completer, qOverload<const QString&>(&QCompleter::activated), this, &PathPage::take,
                Qt::QueuedConnection); // after the box has taken the text
        connect(box->lineEdit(), &QLineEdit::returnPressed, this, [this] {
            take();
            focusPicture();
        });
        connect(box->lineEdit(), &QLineEdit::editingFinished, this, &PathPage::take);
    };
    chooser(m_from, "pathFrom", tr("From"));
    chooser(m_to, "pathTo", tr("To"));
    m_from->lineEdit()->setPlaceholderText(tr("a node, or NAMESPACE/POD"));
    m_to->lineEdit()->setPlaceholderText(tr("a node, NAMESPACE/POD, NAMESPACE/SERVICE, or an address outside"));
    auto* swap = new QPushButton(tr("⇄ Swap"));
    swap->setObjectName(QStringLiteral("pathSwap"));
    swap->setToolTip(tr("From and to change places"));
    connect(swap, &QPushButton::clicked, this, &PathPage::swapEnds);
    m_family->setObjectName(QStringLiteral("pathFamily"));
    m_family->setAccessibleName(tr("Address family"));
    m_family->addItem(tr("IPv4 or IPv6"), int(path::Family::Any));
    m_family->addItem(tr("IPv4"), int(path::Family::V4));
    m_family->addItem(tr("IPv6"), int(path::Family::V6));
    m_family->hide();
    connect(m_family, &QComboBox::activated, this, &PathPage::take);
    connect(m_board, &PathBoard::findingActivated, this, &PathPage::findingActivated);

    auto* row = new QHBoxLayout;
    const auto buddy = [row](const QString& words, QWidget* field) {
        auto* label = new QLabel(words);
        label->setBuddy(field);
        label->setMinimumWidth(label->sizeHint().width() + 4); // the underlined letter needs more than is hinted
        row->addWidget(label);
        row->addWidget(field);
    };
    buddy(tr("&From"), m_from);
    row->addWidget(swap);
    buddy(tr("&To"), m_to);
    row->addWidget(m_family);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addLayout(row);
    layout->addWidget(m_board, 1);
    reset();
}

void PathPage::reset() {
    m_digest.reset();
    m_choice = m_shown = {};
    m_lit.reset();
    m_asked = false;
    m_ends.setEnds({});
    m_from->setEditText({});
    m_to->setEditText({});
    m_board->setMessage(tr("Reading the case…"));
}

void PathPage::setDigest(const std::shared_ptr<const CaseDigest>& digest) {
    if (m_digest == digest)
        return;
    m_digest = digest;
    std::optional<PathChoice> last = m_asked ? std::nullopt : remembered();
    m_endsWork.run<Ends>(
        [digest, last = std::move(last)] {
            Ends out{pathEnds(*digest->subject, worstOf(*digest)), std::nullopt};
            if (last && between(*digest->subject, *last)) // it may have been of another day's pods
                out.last = last;
            return out;
        },
        [this](const Ends& ends) { takeEnds(ends); });
    if (m_asked)
        derive();
}

void PathPage::takeEnds(const Ends& found) {
    const PathEnds& ends = found.ends;
    const QString from = m_from->currentText(), to = m_to->currentText();
    m_ends.setEnds(ends.all);
    m_from->setEditText(from); // what she is typing stays
    m_to->setEditText(to);
    m_family->setVisible(ends.dualStack);
    if (m_asked)
        return;
    if (found.last)
        return setChoice(*found.last);
    if (!ends.from.empty())
        return setChoice({QString::fromStdString(ends.from), QString::fromStdString(ends.to), path::Family::Any});
    m_board->setMessage(ends.all.empty() ? tr("This case has no nodes yet.")
                                         : tr("Choose where the packet starts and where it goes."));
}

void PathPage::choose(const PathChoice& choice) {
    if (choice == m_choice || (choice.from.isEmpty() && choice.to.isEmpty()))
        return;
    m_lit.reset();
    setChoice(choice);
}

void PathPage::showFinding(const analysis::Finding& finding) {
    if (!m_digest)
        return;
    m_asked = true;
    m_board->setMessage(tr("Deriving the path…"));
    m_shown = {};
    m_findingWork.run<analysis::EndPair>(
        [digest = m_digest, finding] { return analysis::endsFor(*digest->subject, finding); },
        [this, finding](const analysis::EndPair& ends) {
            if (ends.from.empty()) {
                m_board->setMessage(tr("This finding is not of one place on a path."));
                return;
            }
            m_lit = finding;
            setChoice({QString::fromStdString(ends.from), QString::fromStdString(ends.to), ends.family});
            emit choiceChanged();
        });
}

void PathPage::focusPicture() {
    if (m_board->view()->isVisible() && m_shown == m_choice)
        m_board->view()->setFocus();
    else
        m_focusNext = true;
}

void PathPage::setChoice(const PathChoice& choice) {
    m_choice = choice;
    m_asked = true;
    m_from->setEditText(choice.from);
    m_to->setEditText(choice.to);
    m_family->setCurrentIndex(m_family->findData(int(choice.family)));
    derive();
}

void PathPage::take() {
    const PathChoice typed{m_from->currentText().trimmed(), m_to->currentText().trimmed(),
                           path::Family(m_family->currentData().toInt())};
    if (typed == m_choice || !m_digest)
        return;
    m_lit.reset();
    m_choice = typed;
    m_asked = true;
    derive();
    if (!typed.from.isEmpty() && !typed.to.isEmpty())
        remember();
    emit choiceChanged();
}

void PathPage::swapEnds() {
    const QString from = m_from->currentText();
    m_from->setEditText(m_to->currentText());
    m_to->setEditText(from);
    take();
}

void PathPage::derive() {
    if (m_choice.from.isEmpty() || m_choice.to.isEmpty()) {
        m_shown = {};
        m_board->setMessage(tr("Choose where the packet starts and where it goes."));
        return;
    }
    if (!m_digest)
        return;
    if (!(m_shown == m_choice))
        m_board->setMessage(tr("Deriving the path…"));
    m_pathWork.run<Result<path::Path>>(
        [digest = m_digest, choice = m_choice] { return between(*digest->subject, choice); },
        [this, digest = m_digest, choice = m_choice](const Result<path::Path>& way) {
            if (!way) {
                m_shown = {};
                m_focusNext = false;
                const Error& error = way.error();
                QStringList lines{tr("The path from %1 to %2 can't be derived.").arg(choice.from, choice.to),
                                  shown(error.where.empty() ? error.what : error.where + ": " + error.what)};
                if (!error.remedy.empty())
                    lines << tr("What to do: %1").arg(shown(error.remedy));
                m_board->setMessage(lines.join(QStringLiteral("\n\n")));
                return;
            }
            m_shown = choice;
            if (way->hops.empty()) {
                QStringList lines{tr("There is no hop to show between %1 and %2.").arg(choice.from, choice.to)};
                for (const std::string& note : way->notes)
                    lines << shown(note);
                m_board->setMessage(lines.join(QStringLiteral("\n\n")));
                return;
            }
            m_board->setPath(*way, digest->analysis);
            if (std::exchange(m_focusNext, false))
                m_board->view()->setFocus();
            if (m_lit) {
                m_board->lightUp(*m_lit);
                m_lit.reset();
            }
        });
}

void PathPage::remember() const {
    QSettings kept = settings();
    kept.beginGroup(keyOf(*m_digest->subject));
    kept.setValue(QStringLiteral("from"), m_choice.from);
    kept.setValue(QStringLiteral("to"), m_choice.to);
    kept.setValue(QStringLiteral("family"), int(m_choice.family));
}

std::optional<PathChoice> PathPage::remembered() const {
    QSettings kept = settings();
    kept.beginGroup(keyOf(*m_digest->subject));
    const int family = kept.value(QStringLiteral("family")).toInt();
    PathChoice out{kept.value(QStringLiteral("from")).toString(), kept.value(QStringLiteral("to")).toString(),
                   family >= 0 && family <= int(path::Family::V6) ? path::Family(family) : path::Family::Any};
    if (out.from.isEmpty() || out.to.isEmpty())
        return std::nullopt;
    return out;
}

} // namespace netopsy::ui
