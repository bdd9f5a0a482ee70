// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/lister.h"

#include <QUrl>

#include <memory>

namespace netopsy::kube {

namespace {

constexpr int maxRestarts = 3;
constexpr int maxPages = 20'000; ///< ten million objects
constexpr int smallestPage = 5;

class Listing : public std::enable_shared_from_this<Listing> {
public:
    Listing(Client& client, ListJob job) : m_client(client), m_job(std::move(job)), m_limit(m_job.pageSize) {}

    void ask() {
        std::string path = m_job.path + "?limit=" + std::to_string(m_limit);
        if (!m_token.empty())
            path += "&continue=" + QUrl::toPercentEncoding(QString::fromStdString(m_token)).toStdString();
        m_client.get({std::move(path), "list", m_job.resource},
                     [self = shared_from_this()](Answer<QByteArray> answer) { self->take(std::move(answer)); });
    }

private:
    void take(Answer<QByteArray> answer) {
        if (!answer) {
            const Fault fault = answer.error().fault;
            if (fault == Fault::Gone && m_restarts < maxRestarts)
                return startOver();
            if (fault == Fault::TooLarge && m_limit > smallestPage) {
                m_limit = std::max(smallestPage, m_limit / 10);
                return ask();
            }
            return end(answer.error());
        }
        auto page = m_job.take({answer->constData(), static_cast<std::size_t>(answer->size())});
        if (!page)
            return end(ApiError{Fault::NotUnderstood,
                                {"list " + m_job.resource + ": " + page.error().what, m_client.server(),
                                 "is this the address of a Kubernetes API server?"}});
        m_end.items += page->items;
        m_end.skipped += page->skipped;
        if (m_end.firstProblem.empty())
            m_end.firstProblem = page->firstProblem;
        if (m_job.onProgress)
            m_job.onProgress(m_end.items);
        if (page->continueToken.empty())
            return end(std::nullopt);
        if (page->continueToken == m_token || ++m_pages > maxPages)
            return end(
                ApiError{Fault::NotUnderstood,
                         {"list " + m_job.resource + ": the server's pages never end", m_client.server(), {}}});
        m_token = std::move(page->continueToken);
        ask();
    }

    void startOver() {
        ++m_restarts;
        m_token.clear();
        m_pages = 0;
        m_end = {};
        m_job.restart();
        ask();
    }

    void end(std::optional<ApiError> error) {
        m_end.error = std::move(error);
        m_job.done(m_end);
    }

    Client& m_client;
    ListJob m_job;
    ListEnd m_end;
    std::string m_token;
    int m_limit;
    int m_pages = 0;
    int m_restarts = 0;
};

} // namespace

void list(Client& client, ListJob job) {
    std::make_shared<Listing>(client, std::move(job))->ask();
}

} // namespace netopsy::kube
