// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_accessible.h"

#include "ui/widgets/path_view.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

#include <vector>

namespace netopsy::ui {

namespace {

class HopAccessible : public QAccessibleInterface {
public:
    HopAccessible(PathView* view, std::size_t hop) : m_view(view), m_hop(hop) {}

    bool isValid() const override { return m_view && m_hop < diagram::hopCount(m_view->path()); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view.data()); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString&) override {}
    QString text(QAccessible::Text which) const override {
        if (!isValid())
            return {};
        if (which == QAccessible::Description)
            return diagram::detail(m_view->path(), m_hop, m_view->marks());
        return which == QAccessible::Name ? diagram::spoken(m_view->path(), m_hop, m_view->marks()) : QString();
    }
    QRect rect() const override {
        const diagram::HopItem* item = isValid() ? m_view->scene().find(m_hop) : nullptr;
        if (item == nullptr)
            return {};
        const QRectF shown(m_view->shownAt(item->cell.topLeft()), item->cell.size() * m_view->zoom());
        return {m_view->viewport()->mapToGlobal(shown.topLeft().toPoint()), shown.size().toSize()};
    }
    QAccessible::State state() const override {
        QAccessible::State state;
        state.focusable = state.selectable = true;
        state.focused = state.selected = isValid() && m_view->currentHop() == m_hop;
        state.invalid = !isValid();
        return state;
    }

private:
    QPointer<PathView> m_view;
    std::size_t m_hop;
};

class PathAccessible : public QAccessibleWidget {
public:
    explicit PathAccessible(PathView* view) : QAccessibleWidget(view, QAccessible::List), m_view(view) {}
    ~PathAccessible() override {
        for (const QAccessible::Id id : m_hops)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return static_cast<int>(diagram::hopCount(m_view->path())); }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount())
            return nullptr;
        while (m_hops.size() <= static_cast<std::size_t>(index))
            m_hops.push_back(QAccessible::registerAccessibleInterface(new HopAccessible(m_view, m_hops.size())));
        return QAccessible::accessibleInterface(m_hops[static_cast<std::size_t>(index)]);
    }
    int indexOfChild(const QAccessibleInterface* asked) const override {
        for (int i = 0; i < childCount(); ++i)
            if (child(i) == asked)
                return i;
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        for (int i = 0; i < childCount(); ++i)
            if (QAccessibleInterface* hop = child(i); hop->rect().contains(x, y))
                return hop;
        return nullptr;
    }
    QAccessibleInterface* focusChild() const override {
        return m_view->hasFocus() && m_view->currentHop() ? child(static_cast<int>(*m_view->currentHop()))
                                                          : nullptr;
    }

private:
    PathView* m_view;
    mutable std::vector<QAccessible::Id> m_hops; ///< made when asked for
};

QAccessibleInterface* make(const QString&, QObject* object) {
    auto* view = qobject_cast<PathView*>(object);
    return view == nullptr ? nullptr : new PathAccessible(view);
}

} // namespace

void installPathAccessibility() {
    QAccessible::installFactory(make); // the same one twice is taken once
}

} // namespace netopsy::ui
