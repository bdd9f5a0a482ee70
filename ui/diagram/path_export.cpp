// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/path_export.h"

#include "ui/diagram/path_layout.h"
#include "ui/diagram/path_painter.h"

#include <QBuffer>
#include <QSaveFile>
#include <QSvgGenerator>

#include <cmath>

namespace netopsy::ui::diagram {

namespace {

constexpr double width = 1600;
constexpr int fontSize = 12;

Scene standingAlone(const path::Path& path, const std::vector<Mark>& marks) {
    QFont font(QStringLiteral("DejaVu Sans"));
    font.setPixelSize(fontSize);
    font.setStyleStrategy(QFont::PreferNoShaping); // "rp_filter" stays words that can be searched for
    return layOut(path, marks, {font, width, false, true});
}

} // namespace

QByteArray svg(const path::Path& path, const std::vector<Mark>& marks) {
    const Scene scene = standingAlone(path, marks);
    const QSize size(int(std::ceil(scene.size.width())), int(std::ceil(scene.size.height())));
    QBuffer out;
    out.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&out);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setResolution(96);
    generator.setTitle(heading(path).toHtmlEscaped());
    QPainter painter(&generator);
    painter.fillRect(QRect(QPoint(), size), Palette::paper().page);
    paint(painter, scene, Palette::paper());
    painter.end();
    return out.data();
}

QImage image(const path::Path& path, const std::vector<Mark>& marks, double scale) {
    const Scene scene = standingAlone(path, marks);
    QImage picture((scene.size * scale).toSize() + QSize(1, 1), QImage::Format_RGB32);
    picture.fill(Palette::paper().page);
    QPainter painter(&picture);
    painter.scale(scale, scale);
    paint(painter, scene, Palette::paper());
    return picture;
}

Result<void> save(const path::Path& path, const std::vector<Mark>& marks, const QString& file) {
    QByteArray content;
    if (file.endsWith(QStringLiteral(".png"), Qt::CaseInsensitive)) {
        QBuffer out(&content);
        out.open(QIODevice::WriteOnly);
        if (!image(path, marks).save(&out, "PNG"))
            return fail("the picture could not be made; it may be too large", file.toStdString(),
                        "save it as SVG");
    } else if (file.endsWith(QStringLiteral(".svg"), Qt::CaseInsensitive)) {
        content = svg(path, marks);
    } else {
        return fail("the kind of picture is told by the file's ending", file.toStdString(),
                    "end it in .svg or .png");
    }
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(content) != content.size() || !target.commit())
        return fail("can't write there: " + target.errorString().toStdString(), file.toStdString(),
                    "choose a folder that can be written");
    return {};
}

} // namespace netopsy::ui::diagram
