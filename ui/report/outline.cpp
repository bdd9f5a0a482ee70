// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/report/outline.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include <cstdio>

namespace netopsy::ui {

namespace {

/// A flat or two-level outline: level 1 at the root, deeper ones under the last of level 1.
QPDFObjectHandle buildOutline(QPDF& pdf, const std::vector<OutlineEntry>& entries) {
    auto pages = QPDFPageDocumentHelper(pdf).getAllPages();
    QPDFObjectHandle root = pdf.makeIndirectObject(QPDFObjectHandle::newDictionary());
    root.replaceKey("/Type", QPDFObjectHandle::newName("/Outlines"));
    QPDFObjectHandle chapter;
    const auto append = [](QPDFObjectHandle parent, QPDFObjectHandle item) {
        item.replaceKey("/Parent", parent);
        if (parent.hasKey("/Last")) {
            QPDFObjectHandle last = parent.getKey("/Last");
            last.replaceKey("/Next", item);
            item.replaceKey("/Prev", last);
        } else {
            parent.replaceKey("/First", item);
        }
        parent.replaceKey("/Last", item);
        const long long count = parent.hasKey("/Count") ? parent.getKey("/Count").getIntValue() : 0;
        parent.replaceKey("/Count", QPDFObjectHandle::newInteger(count + 1));
    };
    for (const OutlineEntry& entry : entries) {
        if (entry.page < 0 || std::size_t(entry.page) >= pages.size())
            continue;
        QPDFObjectHandle item = pdf.makeIndirectObject(QPDFObjectHandle::newDictionary());
        item.replaceKey("/Title", QPDFObjectHandle::newUnicodeString(entry.text.toStdString()));
        QPDFObjectHandle target = QPDFObjectHandle::newArray();
        target.appendItem(pages[std::size_t(entry.page)].getObjectHandle());
        target.appendItem(QPDFObjectHandle::newName("/XYZ"));
        target.appendItem(QPDFObjectHandle::newNull());
        target.appendItem(QPDFObjectHandle::newReal(double(Sheet::height) / Sheet::pt - entry.y));
        target.appendItem(QPDFObjectHandle::newNull());
        item.replaceKey("/Dest", target);
        const bool nested = entry.level > 1 && chapter.isInitialized();
        append(nested ? chapter : root, item);
        if (!nested)
            chapter = item;
    }
    return root;
}

} // namespace

Result<void> addOutline(const std::string& file, const std::vector<OutlineEntry>& entries,
                        const report::Document& document) {
    const std::string draft = file + ".outline";
    try {
        QPDF pdf;
        pdf.processFile(file.c_str());
        pdf.getRoot().replaceKey("/Outlines", buildOutline(pdf, entries));
        pdf.getRoot().replaceKey("/PageMode", QPDFObjectHandle::newName("/UseOutlines"));
        QPDFObjectHandle info = pdf.getTrailer().getKey("/Info");
        if (info.isDictionary()) {
            info.replaceKey("/Author", QPDFObjectHandle::newUnicodeString(document.author));
            info.replaceKey("/Subject",
                            QPDFObjectHandle::newUnicodeString("Network autopsy, " + document.subtitle));
        }
        QPDFWriter writer(pdf, draft.c_str());
        writer.setMinimumPDFVersion("1.6");
        writer.write();
    } catch (const std::exception& problem) {
        std::remove(draft.c_str());
        return fail(std::string("could not add the outline: ") + problem.what(), file);
    }
    if (std::rename(draft.c_str(), file.c_str()) != 0) {
        std::remove(draft.c_str());
        return fail("could not replace the draft by the finished report", file);
    }
    return {};
}

} // namespace netopsy::ui
