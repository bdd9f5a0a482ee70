// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/desk.h"

#include "app/desk/file_session.h"
#include "app/desk/live_session.h"
#include "app/desk/requests.h"
#include "collectors/kube/kubeconfig_file.h"
#include "core/analysis/analyse.h"
#include "core/report/document.h"
#include "core/store/case_file.h"
#include "core/tuning/tuning.h"
#include "ui/report/pdf.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSysInfo>

namespace netopsy::app {

namespace {

QVector<ui::ContextInfo> contextsOf(const kube::Kubeconfig& config) {
    QVector<ui::ContextInfo> contexts;
    for (const auto& [name, context] : config.contexts) {
        ui::ContextInfo info;
        info.name = QString::fromStdString(name);
        info.cluster = QString::fromStdString(context.cluster);
        info.user = QString::fromStdString(context.user);
        info.file = QString::fromStdString(context.source.string());
        info.current = name == config.currentContext;
        info.problem = QString::fromStdString(kube::contextProblem(config, context));
        const auto cluster = config.clusters.find(context.cluster);
        if (cluster != config.clusters.end())
            info.server = QString::fromStdString(cluster->second.server);
        contexts.push_back(info);
    }
    return contexts;
}

} // namespace

Desk::Desk(QObject* parent) : ui::Backend(parent) {
    qRegisterMetaType<QVector<ui::ContextInfo>>();
    qRegisterMetaType<ui::HostKeyPrompt>();
}

Desk::~Desk() {
    // Live sessions ask through m_questions and m_pool posts to this: both must be at rest before members go.
    qDeleteAll(findChildren<ui::CaseSession*>(Qt::FindDirectChildrenOnly));
    m_pool.waitForDone();
}

void Desk::requestContexts(const QString& kubeconfig) {
    m_pool.start([this, kubeconfig] {
        std::optional<std::filesystem::path> file;
        if (!kubeconfig.isEmpty())
            file = kubeconfig.toStdString();
        const auto config = kube::loadKubeconfig(file);
        const QVector<ui::ContextInfo> contexts = config ? contextsOf(*config) : QVector<ui::ContextInfo>{};
        const QString problem = config ? QString() : QString::fromStdString(config.error().text());
        QMetaObject::invokeMethod(this, [this, contexts, problem] { offerContexts(contexts, problem); });
    });
}

void Desk::offerContexts(QVector<ui::ContextInfo> contexts, const QString& problem) {
    for (ui::ContextInfo& info : contexts)
        info.lastAutopsy = m_memory.lastAutopsy(info.name);
    emit contextsReady(contexts, problem);
}

QString Desk::exampleCase() const {
    const QString here = QCoreApplication::applicationDirPath();
    for (const QString& path : {here + QStringLiteral("/../share/netopsy/example.netopsy"),
                                QStringLiteral(NETOPSY_SOURCE_DIR "/resources/example/example.netopsy")})
        if (QFileInfo::exists(path))
            return QDir::cleanPath(path);
    return {};
}

ui::CaseSession* Desk::start(const ui::AutopsyRequest& request) {
    ui::AutopsyRequest complete = request;
    const QString what = request.local ? QSysInfo::machineHostName() : request.context;
    if (complete.casePath.isEmpty())
        complete.casePath = Memory::newCasePath(what);
    if (!request.local)
        m_memory.setRequest(complete);

    run::AutopsyOptions options = toOptions(complete);
    // The callbacks run in engine threads and need the session's stop token, which exists only once it is
    // made.
    auto token = std::make_shared<std::stop_token>();
    options.ssh.askHostKey = [this, token](const ssh::HostKeyQuestion& question) {
        const ui::HostKeyPrompt prompt{QString::fromStdString(question.host),
                                       QString::fromStdString(question.keyType),
                                       QString::fromStdString(question.fingerprint)};
        const auto answer = m_questions.ask(
            [this, prompt](int id) {
                QMetaObject::invokeMethod(
                    this, [this, id, prompt] { emit hostKeyAsked(id, prompt); }, Qt::QueuedConnection);
            },
            *token);
        return answer == QStringLiteral("yes");
    };
    options.ssh.askPassphrase = [this, token](const std::string& keyFile) {
        const QString file = QString::fromStdString(keyFile);
        const auto answer = m_questions.ask(
            [this, file](int id) {
                QMetaObject::invokeMethod(
                    this, [this, id, file] { emit passphraseAsked(id, file); }, Qt::QueuedConnection);
            },
            *token);
        return answer.value_or(QString()).toStdString();
    };
    auto* session = new LiveSession(std::move(options), what, this);
    // (A run cannot ask before start(), so the token is there in time.)
    *token = session->stopToken();
    connect(session, &ui::CaseSession::finished, this, [this, path = complete.casePath, what] {
        if (!QFileInfo::exists(path))
            return; // it failed before there was anything to save
        m_memory.addRecent(path, what);
        emit recentCasesChanged();
    });
    session->start();
    return session;
}

void Desk::open(const QString& path) {
    m_pool.start([this, path] {
        const auto reader = store::CaseReader::open(path.toStdString());
        auto subject = reader ? reader->read() : Result<model::Case>(tl::unexpected(reader.error()));
        if (!subject) {
            const QString problem = QString::fromStdString(subject.error().text());
            QMetaObject::invokeMethod(this, [this, path, problem] { emit openFailed(path, problem); });
            return;
        }
        const auto snapshot = std::make_shared<const model::Case>(std::move(*subject));
        const auto judged = std::make_shared<const analysis::Analysis>(analysis::analyse(*snapshot));
        QMetaObject::invokeMethod(this, [this, path, snapshot, judged] {
            const QString title = caseTitle(*snapshot);
            m_memory.addRecent(path, title);
            emit recentCasesChanged();
            emit opened(new FileSession(path, title, snapshot, judged, this));
        });
    });
}

void Desk::exportReport(ui::CaseSession* session, const QString& pdf) {
    // The content is derived in a worker; only the painting, a fraction of a second, needs this thread.
    m_pool.start([this, snapshot = session->snapshot(), judged = session->analysis(), pdf] {
        const auto profile = tuning::Profile::builtin("high-churn");
        const tuning::Plan plan = profile ? tuning::plan(*snapshot, *profile, judged.get()) : tuning::Plan{};
        auto document = std::make_shared<report::Document>(report::build(*snapshot, *judged, plan));
        QMetaObject::invokeMethod(this, [this, document, pdf] {
            const auto pages = ui::writePdf(*document, pdf);
            emit reportDone(pdf, pages.value_or(0),
                            pages ? QString() : QString::fromStdString(pages.error().text()));
        });
    });
}

void Desk::answerHostKey(int id, bool accept) {
    m_questions.answer(id, accept ? QStringLiteral("yes") : QStringLiteral("no"));
}

void Desk::answerPassphrase(int id, const QString& passphrase) {
    m_questions.answer(id, passphrase);
}

} // namespace netopsy::app
