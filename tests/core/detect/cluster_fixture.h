// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A cluster of tests/fixtures/kube/clusters, read by the parsers that read the API itself.
#pragma once

#include "core/model/inventory.h"

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <set>

namespace testing {

/// Lists of these kinds are left out, as if they were forbidden.
[[nodiscard]] netopsy::model::Inventory readCluster(const QString& name, const std::set<QString>& hidden = {});

} // namespace testing
