// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/mesh_scale.h"

#include <QWidget>

namespace netopsy::ui {

/// What the map's colours and marks mean.
class MeshLegend : public QWidget {
    Q_OBJECT
public:
    explicit MeshLegend(QWidget* parent = nullptr);
    void setScale(const MeshScale& scale, MeshLayer layer);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<MeshScale> m_scale;
    MeshLayer m_layer = MeshLayer::Underlay;
};

} // namespace netopsy::ui
