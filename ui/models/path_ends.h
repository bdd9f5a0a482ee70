// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a path can be asked for between: the nodes, Services and pods of a case, as derive() takes them.
#pragma once

#include "core/base/result.h"
#include "core/path/path.h"

#include <QAbstractListModel>

#include <string>
#include <vector>

namespace netopsy::ui {

struct PathEnd {
    QString key;   ///< what derive() takes and a person types: "node1", "ns/name"
    QString words; ///< "default/web-1   pod on node1"
    bool operator==(const PathEnd&) const = default;
};

struct PathEnds {
    std::vector<PathEnd> all; ///< nodes, then Services, then pods, each by name
    bool dualStack = false;
    /// Where she begins who has not chosen yet: the way that `typical` gives for the node with the most trouble.
    std::string from, to;
};
[[nodiscard]] PathEnds pathEnds(const model::Case& subject, const std::string& worstNode);

/// Derives; a Service as the source stands for one of its ready backends, which the notes then say.
[[nodiscard]] Result<path::Path> pathBetween(const model::Case& subject, const std::string& from,
                                             const std::string& to, path::Family family);

/// For a combo box and its completer: shows `words`, edits and completes `key`.
class PathEndsModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setEnds(std::vector<PathEnd> ends);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] const std::vector<PathEnd>& ends() const { return m_ends; }

private:
    std::vector<PathEnd> m_ends;
};

} // namespace netopsy::ui
