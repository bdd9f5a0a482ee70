// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/show/probe_json.h"

#include "core/stats/place.h"

#include <nlohmann/json.hpp>

namespace netopsy::show {

namespace {

using nlohmann::json;

json ms(std::int64_t ns) {
    return static_cast<double>(ns) / 1e6;
}

/// null for each when there was no sample: a time that was not measured is not 0.
json times(const std::optional<stats::Percentiles>& rtt, bool withP90) {
    json out;
    out["min_ms"] = rtt ? ms(rtt->min) : json(nullptr);
    out["p50_ms"] = rtt ? ms(rtt->p50) : json(nullptr);
    if (withP90)
        out["p90_ms"] = rtt ? ms(rtt->p90) : json(nullptr);
    out["p99_ms"] = rtt ? ms(rtt->p99) : json(nullptr);
    out["max_ms"] = rtt ? ms(rtt->max) : json(nullptr);
    return out;
}

/// {"NOERROR": 40, "NXDOMAIN": 2}, of the answers that came.
json rcodesJson(const std::map<int, std::size_t>& rcodes) {
    json out = json::object();
    for (const auto& [rcode, count] : rcodes)
        out[stats::rcodeName(rcode)] = count;
    return out;
}

} // namespace

json dnsJson(const std::vector<model::DnsSeries>& all) {
    json out = json::array();
    for (const model::DnsSeries& series : all) {
        const stats::DnsStats figures = stats::dnsStats(series);
        json one = times(figures.rtt, true);
        one.update({{"resolver", series.resolver},
                    {"role", series.role},
                    {"name", series.name},
                    {"type", series.type == model::DnsType::A ? "A" : "AAAA"},
                    {"transport", series.transport == model::DnsTransport::Udp ? "udp" : "tcp"},
                    {"sent", figures.sent},
                    {"answered", figures.answered},
                    {"timeouts", figures.timeouts},
                    {"failed", figures.failed},
                    {"truncated", figures.truncated},
                    {"rcodes", rcodesJson(figures.rcodes)},
                    {"tainted", figures.tainted},
                    {"untainted", times(figures.clean, true)}});
        out.push_back(std::move(one));
    }
    return out;
}

json lookupsJson(const std::vector<model::LookupSeries>& all) {
    json out = json::array();
    for (const model::LookupSeries& series : all) {
        const stats::LookupStats figures = stats::lookupStats(series);
        json one = times(figures.total, true);
        one.update({{"resolver", series.resolver},
                    {"role", series.role},
                    {"name", series.name},
                    {"ndots", series.ndots},
                    {"search", series.search},
                    {"sent", figures.sent},
                    {"answered", figures.answered},
                    {"timeouts", figures.timeouts},
                    {"failed", figures.failed},
                    {"retried", figures.retried},
                    {"queries", figures.queries ? json(*figures.queries) : json(nullptr)},
                    {"candidates", figures.candidates ? json(*figures.candidates) : json(nullptr)}});
        out.push_back(std::move(one));
    }
    return out;
}

json rttJson(const std::vector<model::RttSeries>& all) {
    json out = json::array();
    for (const model::RttSeries& series : all) {
        const stats::RttStats figures = stats::rttStats(series);
        json one = times(figures.rtt, false);
        one.update({{"peer", series.peer},
                    {"address", series.address},
                    {"plane", series.plane == model::Plane::Underlay ? "underlay" : "overlay"},
                    {"method", series.method},
                    {"sent", figures.sent},
                    {"lost", figures.lost},
                    {"duplicates", figures.duplicates},
                    {"reordered", figures.reordered},
                    {"tainted", figures.tainted},
                    {"untainted", times(figures.clean, false)}});
        out.push_back(std::move(one));
    }
    return out;
}

json pairsJson(const std::vector<model::DnsSeries>& all) {
    const stats::PairStats pairs = stats::pairStats(all);
    return {{"sent", pairs.sent},
            {"only_a_lost", pairs.onlyALost},
            {"only_aaaa_lost", pairs.onlyAaaaLost},
            {"both_lost", pairs.bothLost}};
}

} // namespace netopsy::show
