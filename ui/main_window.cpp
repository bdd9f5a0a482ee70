// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include "ui/background.h"
#include "ui/case_digest.h"
#include "ui/format.h"
#include "ui/history.h"
#include "ui/prompts.h"
#include "ui/views/cluster_page.h"
#include "ui/views/inspector.h"
#include "ui/views/mesh_page.h"
#include "ui/views/run_sheet.h"
#include "ui/views/start_page.h"
#include "ui/widgets/progress_strip.h"
#include "ui/window_chrome.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

namespace netopsy::ui {

class MainWindow::Private {
public:
    Private(MainWindow* owner, Backend& services);

    void build();
    void connectChrome();
    void connectPages();
    void connectBackend();
    void attach(CaseSession* newSession);
    void refresh();
    void go(const Place& place);
    void back(int step);
    void show();
    void neighbour(int step);
    void showFinding(const analysis::Finding& finding);
    void exportReport();
    void askOpen();
    void updateChrome();

    MainWindow* q;
    Backend& backend;
    CaseSession* session = nullptr;
    std::shared_ptr<const CaseDigest> digested;
    Background digesting;
    History history;

    QStackedWidget* stack = nullptr;
    StartPage* start = nullptr;
    QWidget* casePage = nullptr;
    QStackedWidget* places = nullptr;
    ClusterPage* cluster = nullptr;
    NodePage* node = nullptr;
    MeshPage* mesh = nullptr;
    PathPage* pathPage = nullptr;
    Inspector* inspector = nullptr;
    QDockWidget* dock = nullptr;
    ProgressStrip* strip = nullptr;
    WindowChrome* chrome = nullptr;
};

MainWindow::Private::Private(MainWindow* owner, Backend& services) : q(owner), backend(services) {
    build();
    connectChrome();
    connectPages();
    connectBackend();
    answerPrompts(backend, q);
}

void MainWindow::Private::build() {
    stack = new QStackedWidget;
    start = new StartPage(backend);
    casePage = new QWidget;
    places = new QStackedWidget;
    cluster = new ClusterPage;
    node = new NodePage;
    mesh = new MeshPage;
    pathPage = new PathPage;
    strip = new ProgressStrip;
    places->addWidget(cluster);
    places->addWidget(node);
    places->addWidget(mesh);
    places->addWidget(pathPage);
    auto* layout = new QVBoxLayout(casePage);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(places, 1);
    layout->addWidget(strip);
    stack->addWidget(start);
    stack->addWidget(casePage);
    q->setCentralWidget(stack);

    inspector = new Inspector;
    dock = new QDockWidget(MainWindow::tr("Finding"), q);
    dock->setObjectName(QStringLiteral("inspectorDock"));
    dock->setWidget(inspector);
    q->addDockWidget(Qt::RightDockWidgetArea, dock);
    dock->hide();
    q->resize(1280, 860);
    q->setAcceptDrops(true);
}

void MainWindow::Private::connectChrome() {
    chrome = new WindowChrome(*q, dock->toggleViewAction());
    QObject::connect(chrome, &WindowChrome::startWanted, q, &MainWindow::showStart);
    QObject::connect(chrome, &WindowChrome::openWanted, q, [this] { askOpen(); });
    QObject::connect(chrome, &WindowChrome::reportWanted, q, [this] { exportReport(); });
    QObject::connect(chrome, &WindowChrome::stepWanted, q, [this](int step) { back(step); });
    QObject::connect(chrome, &WindowChrome::clusterWanted, q, [this] { go({}); });
    QObject::connect(chrome, &WindowChrome::meshWanted, q, [this] {
        go(Place::mesh());
        mesh->focusMap();
    });
    QObject::connect(chrome, &WindowChrome::pathWanted, q, [this] {
        go(Place::ofPath(pathPage->choice()));
        pathPage->focusPicture();
    });
    QObject::connect(chrome, &WindowChrome::filterWanted, q, [this] {
        go({});
        cluster->focusFilter();
    });
    QObject::connect(chrome, &WindowChrome::neighbourWanted, q, [this](int step) { neighbour(step); });
}

void MainWindow::Private::connectPages() {
    QObject::connect(start, &StartPage::contextChosen, q, &MainWindow::prepareAutopsy);
    QObject::connect(start, &StartPage::openRequested, q, [this](const QString& path) { backend.open(path); });
    QObject::connect(start, &StartPage::browseRequested, q, [this] { askOpen(); });
    QObject::connect(cluster, &ClusterPage::nodeActivated, q,
                     [this](const QString& name) { go(Place::ofNode(name)); });
    QObject::connect(cluster, &ClusterPage::meshWanted, q, [this] {
        go(Place::mesh());
        mesh->focusMap();
    });
    QObject::connect(mesh, &MeshPage::pairActivated, q, [this](const QString& from, const QString& to) {
        Place& here = history.here();
        if (from.isEmpty() && history.has(-1) && history.at(-1) == Place::mesh())
            return back(-1);
        if (from.isEmpty() || here.from.isEmpty())
            return go(Place::mesh(from, to));
        here = Place::mesh(from, to); // from pair to pair is one step: Back leads to all of them
        show();
    });
    QObject::connect(mesh, &MeshPage::pathWanted, q,
                     [this](const PathChoice& choice) { go(Place::ofPath(choice)); });
    QObject::connect(mesh, &MeshPage::nodeActivated, q, [this](const QString& name) { go(Place::ofNode(name)); });
    QObject::connect(cluster, &ClusterPage::findingActivated, q,
                     [this](const auto& finding) { showFinding(finding); });
    QObject::connect(node, &NodePage::findingActivated, q, [this](const auto& finding) { showFinding(finding); });
    QObject::connect(node, &NodePage::tabChanged, q, [this](int tab) { history.here().tab = tab; });
    QObject::connect(node, &NodePage::pathRequested, q,
                     [this](const QString& from, const QString& to) { q->showPath(from, to); });
    QObject::connect(pathPage, &PathPage::findingActivated, q,
                     [this](const auto& finding) { showFinding(finding); });
    QObject::connect(pathPage, &PathPage::choiceChanged, q, [this] {
        if (history.here().page == Place::Path)
            history.here().path = pathPage->choice();
    });
    QObject::connect(inspector, &Inspector::pathRequested, q, [this](const analysis::Finding& finding) {
        go(Place::ofPath());
        pathPage->showFinding(finding);
    });
    QObject::connect(inspector, &Inspector::nodeActivated, q,
                     [this](const QString& name) { go(Place::ofNode(name)); });
    QObject::connect(inspector, &Inspector::sectionRequested, q, [this](const model::SectionRef& ref) {
        go(Place::ofNode(QString::fromStdString(ref.node), NodePage::Raw));
        node->showSection(ref);
    });
    QObject::connect(strip, &ProgressStrip::cancelRequested, q, [this] {
        if (session)
            session->cancel();
    });
}

void MainWindow::Private::connectBackend() {
    QObject::connect(&backend, &Backend::opened, q, &MainWindow::showSession);
    QObject::connect(&backend, &Backend::openFailed, q, [this](const QString& path, const QString& problem) {
        QMessageBox::warning(q, MainWindow::tr("The case can't be opened"),
                             problem.contains(path) ? problem : path + QStringLiteral(": ") + problem);
    });
    QObject::connect(
        &backend, &Backend::reportDone, q, [this](const QString& pdf, int pages, const QString& problem) {
            if (problem.isEmpty())
                q->statusBar()->showMessage(MainWindow::tr("%1: %n pages", nullptr, pages).arg(pdf), 10'000);
            else
                QMessageBox::warning(q, MainWindow::tr("The report can't be written"), problem);
        });
}

void MainWindow::Private::attach(CaseSession* newSession) {
    if (session) {
        session->disconnect(q);
        session->deleteLater();
    }
    session = newSession;
    session->setParent(q);
    digested.reset();
    // Nothing of the case before may stand while the new one is digested.
    const auto nothing =
        digest(std::make_shared<const model::Case>(), std::make_shared<const analysis::Analysis>());
    cluster->setDigest(nothing);
    mesh->setDigest(nothing);
    pathPage->reset();
    history = {};
    dock->hide();
    QObject::connect(session, &CaseSession::changed, q, [this] { refresh(); });
    QObject::connect(session, &CaseSession::progressChanged, q,
                     [this] { strip->setProgress(session->progress(), session->isLive()); });
    QObject::connect(session, &CaseSession::finished, q, [this](const QString& problem) {
        strip->setProgress(session->progress(), false);
        updateChrome();
        if (!problem.isEmpty())
            QMessageBox::warning(q, MainWindow::tr("The autopsy did not succeed"), problem);
    });
    stack->setCurrentWidget(casePage);
    strip->setProgress(session->progress(), session->isLive());
    strip->setVisible(session->isLive() || !session->snapshot()->meta.finished);
    refresh();
    show();
}

void MainWindow::Private::refresh() {
    digesting.run<std::shared_ptr<const CaseDigest>>(
        [subject = session->snapshot(), analysis = session->analysis()] { return digest(subject, analysis); },
        [this](const std::shared_ptr<const CaseDigest>& ready) {
            digested = ready;
            cluster->setDigest(ready);
            mesh->setDigest(ready);
            inspector->follow(*ready->analysis);
            show();
        });
}

void MainWindow::Private::go(const Place& place) {
    if (!session)
        return;
    if (history.here() != place)
        history.go(place);
    show();
}

void MainWindow::Private::back(int step) {
    if (!history.has(step))
        return;
    history.move(step);
    show();
}

void MainWindow::Private::show() {
    const Place place = history.here();
    if (place.page == Place::Cluster) {
        places->setCurrentWidget(cluster);
    } else if (place.page == Place::Mesh) {
        mesh->setPair(place.from, place.to);
        places->setCurrentWidget(mesh);
    } else if (place.page == Place::Path) {
        if (digested)
            pathPage->setDigest(digested);
        pathPage->choose(place.path);
        places->setCurrentWidget(pathPage);
    } else if (digested) {
        node->setNode(session, digested, place.node);
        node->setTab(place.tab);
        places->setCurrentWidget(node);
    }
    updateChrome();
}

void MainWindow::Private::neighbour(int step) {
    const QStringList order = cluster->nodeOrder();
    const auto at = order.indexOf(history.here().node);
    if (at < 0 || at + step < 0 || at + step >= order.size())
        return;
    go(Place::ofNode(order[at + step], node->tab()));
}

void MainWindow::Private::showFinding(const analysis::Finding& finding) {
    inspector->setFinding(finding);
    dock->show();
}

void MainWindow::Private::exportReport() {
    if (!session)
        return;
    QString suggested = session->filePath();
    suggested.replace(QStringLiteral(".netopsy"), QStringLiteral(".pdf"));
    auto* dialog =
        new QFileDialog(q, MainWindow::tr("Export the report"), suggested, MainWindow::tr("PDF (*.pdf)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("pdf"));
    dialog->selectFile(QFileInfo(suggested).fileName());
    QObject::connect(dialog, &QFileDialog::fileSelected, q, [this](const QString& pdf) {
        q->statusBar()->showMessage(MainWindow::tr("Writing the report…"));
        backend.exportReport(session, pdf);
    });
    dialog->open();
}

void MainWindow::Private::askOpen() {
    auto* dialog = new QFileDialog(q, MainWindow::tr("Open a case"), QString(),
                                   MainWindow::tr("Cases (*.netopsy);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    QObject::connect(dialog, &QFileDialog::fileSelected, q, [this](const QString& path) { backend.open(path); });
    dialog->open();
}

void MainWindow::Private::updateChrome() {
    if (stack->currentWidget() == casePage && session)
        chrome->showCase(session->title(), session->isLive(), history);
    else
        chrome->showNoCase();
}

MainWindow::MainWindow(Backend& backend, QWidget* parent)
    : QMainWindow(parent), d(std::make_unique<Private>(this, backend)) {
    const QSettings settings(QStringLiteral("netopsy"), QStringLiteral("netopsy"));
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
}

MainWindow::~MainWindow() = default;

void MainWindow::showStart() {
    d->stack->setCurrentWidget(d->start);
    d->dock->hide();
    d->updateChrome();
}

void MainWindow::showSession(CaseSession* session) {
    d->attach(session);
}

void MainWindow::showPath(const QString& from, const QString& to) {
    d->go(Place::ofPath({from, to, path::Family::Any}));
}

void MainWindow::prepareAutopsy(const AutopsyRequest& request) {
    auto* sheet = new RunSheet(request, this);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    connect(sheet, &QDialog::accepted, this, [this, sheet] { showSession(d->backend.start(sheet->request())); });
    sheet->open();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    QSettings(QStringLiteral("netopsy"), QStringLiteral("netopsy"))
        .setValue(QStringLiteral("window/geometry"), saveGeometry());
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().size() == 1)
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QString path = event->mimeData()->urls().first().toLocalFile();
    if (path.endsWith(QStringLiteral(".netopsy"))) {
        d->backend.open(path);
    } else if (!path.isEmpty()) {
        showStart();
        d->backend.requestContexts(path);
    }
}

} // namespace netopsy::ui
