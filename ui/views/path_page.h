// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/background.h"
#include "ui/case_digest.h"
#include "ui/models/path_ends.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QPushButton;

namespace netopsy::ui {

class PathBoard;

/// Which way is asked for. Empty ends: what was chosen last, else a typical one.
struct PathChoice {
    QString from, to; ///< as derive() takes them
    path::Family family = path::Family::Any;
    bool operator==(const PathChoice&) const = default;
};

/// "Where on the way?": the path between any two ends of the case.
class PathPage : public QWidget {
    Q_OBJECT
public:
    explicit PathPage(QWidget* parent = nullptr);

    void reset(); ///< before another case
    void setDigest(const std::shared_ptr<const CaseDigest>& digest);
    void choose(const PathChoice& choice);
    /// The way that this finding sits on, with its hop lit.
    void showFinding(const analysis::Finding& finding);
    void focusPicture(); ///< now, or as soon as there is one
    [[nodiscard]] const PathChoice& choice() const { return m_choice; }

signals:
    void choiceChanged(); ///< she took other ends
    void findingActivated(const netopsy::analysis::Finding& finding);

private:
    struct Ends {
        PathEnds ends;
        std::optional<PathChoice> last; ///< what was chosen the last time, where it still leads somewhere
    };
    void takeEnds(const Ends& found);
    void take();
    void swapEnds();
    void setChoice(const PathChoice& choice);
    void derive();
    void remember() const;
    [[nodiscard]] std::optional<PathChoice> remembered() const;

    std::shared_ptr<const CaseDigest> m_digest;
    PathChoice m_choice;
    PathChoice m_shown; ///< what the board shows
    std::optional<analysis::Finding> m_lit;
    bool m_focusNext = false; ///< the picture takes the keys when it comes
    bool m_asked = false;     ///< a choice was made, by her or for her
    PathEndsModel m_ends;
    Background m_endsWork, m_pathWork, m_findingWork;
    QComboBox *m_from, *m_to, *m_family;
    PathBoard* m_board;
};

} // namespace netopsy::ui
