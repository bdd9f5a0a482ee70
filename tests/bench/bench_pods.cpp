// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What 50,000 pods cost to parse, page by page, as the collector does it: prints time and peak memory.
// Not a test: run it by hand (bench_pods [PODS]).
#include "core/parse/kube/objects.h"

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace netopsy;

namespace {

/// About 4.4 kB a pod, most of it what is skipped, like a real one.
std::string pod(std::size_t i) {
    const std::string n = std::to_string(i);
    std::string managed;
    for (int k = 0; k < 40; ++k)
        managed += (k ? "," : "") + std::string("\"f:field-") + std::to_string(k) +
                   "\":{\".\":{},\"f:name\":{},\"f:value\":{},\"f:mountPath\":{}}";
    std::string containers;
    for (int k = 0; k < 2; ++k)
        containers +=
            (k ? "," : "") + std::string("{\"name\":\"c") + std::to_string(k) +
            "\",\"image\":\"registry.example/"
            "app:1.2.3\",\"env\":[{\"name\":\"A\",\"value\":\"b\"}],\"resources\":{\"limits\":{\"cpu\":\"1\"}},"
            "\"volumeMounts\":[{\"name\":\"t\",\"mountPath\":\"/var/run/secrets\"}],\"terminationMessagePath\":\"/"
            "dev/termination-log\"}";
    return "{\"metadata\":{\"name\":\"app-" + n + "\",\"namespace\":\"team-" + std::to_string(i % 100) +
           "\",\"uid\":\"00000000-0000-0000-0000-" + n + "\",\"labels\":{\"app\":\"app-" +
           std::to_string(i % 500) +
           "\",\"pod-template-hash\":\"5d4f8c7b9\"},\"managedFields\":[{\"manager\":\"kubelet\",\"fieldsV1\":{" +
           managed + "}}]},\"spec\":{\"nodeName\":\"node-" + std::to_string(i % 5000) + "\",\"containers\":[" +
           containers +
           "],\"tolerations\":[{\"key\":\"a\",\"operator\":\"Exists\"}]},\"status\":{\"phase\":\"Running\","
           "\"podIP\":\"10.0.0.1\","
           "\"podIPs\":[{\"ip\":\"10.0.0.1\"}],\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
}

long peakKiB() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t total = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 50'000;
    constexpr std::size_t perPage = 500;
    std::vector<model::Pod> pods;
    std::size_t bytes = 0;
    std::clock_t spent = 0;
    for (std::size_t first = 0; first < total; first += perPage) {
        std::string page = "{\"kind\":\"PodList\",\"metadata\":{},\"items\":[";
        for (std::size_t i = first; i < first + perPage && i < total; ++i)
            page += (i == first ? "" : ",") + pod(i);
        page += "]}";
        bytes += page.size();
        const std::clock_t start = std::clock();
        if (!parse::kube::parsePods(page, pods))
            return 1;
        spent += std::clock() - start;
    }
    std::printf("%zu pods, %.1f MB: %.2f s of CPU, peak %.1f MB resident (the result included)\n", pods.size(),
                static_cast<double>(bytes) / 1e6, static_cast<double>(spent) / CLOCKS_PER_SEC,
                static_cast<double>(peakKiB()) / 1024);
    return 0;
}
