#include "series.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace fairlead::bench {
namespace {

double in_ms(microseconds time) { return static_cast<double>(time.count()) / 1000; }

std::string text(const char* format, double value) {
  char buffer[64];
  const int size = std::snprintf(buffer, sizeof buffer, format, value);
  return {buffer, static_cast<std::size_t>(std::max(size, 0))};
}

std::string amount(double value, const std::string& unit) {
  return unit.empty() ? text("%.3f", value) : text("%.1f ", value) + unit;
}

}  // namespace

microseconds Series::minimum() const {
  return samples.empty() ? microseconds(0) : *std::min_element(samples.begin(), samples.end());
}

microseconds Series::median() const {
  if (samples.empty()) return microseconds(0);
  std::vector<microseconds> sorted = samples;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

void interleave(std::vector<Series*> series, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (Series* one : series) one->samples.push_back(one->measure());
  }
}

Figure ratio(std::string operation, std::string against, const Series& ours, const Series& theirs,
             double limit) {
  Figure figure;
  figure.operation = std::move(operation);
  figure.what = "wall time / " + std::move(against);
  figure.limit = limit;
  figure.value = in_ms(ours.minimum()) / std::max(in_ms(theirs.minimum()), 0.001);
  figure.median = in_ms(ours.median()) / std::max(in_ms(theirs.median()), 0.001);
  figure.detail =
      text("min %.1f", in_ms(ours.minimum())) + text(" of %.1f ms", in_ms(theirs.minimum())) +
      text(", median %.1f", in_ms(ours.median())) + text(" of %.1f ms", in_ms(theirs.median()));
  return figure;
}

Figure shown(Figure figure) {
  figure.free = true;
  return figure;
}

bool print_table(const std::vector<Figure>& figures) {
  std::printf("%-34s %-34s %10s %10s %10s  %-6s %s\n", "operation", "figure", "minimum", "median",
              "limit", "holds", "from");
  bool all = true;
  for (const Figure& figure : figures) {
    if (!figure.missing.empty()) {
      std::printf("%-34s %-34s %43s not measured: %s\n", figure.operation.c_str(),
                  figure.what.c_str(), "", figure.missing.c_str());
      continue;
    }
    all = all && figure.holds();
    std::printf("%-34s %-34s %10s %10s %10s  %-6s %s\n", figure.operation.c_str(),
                figure.what.c_str(), amount(figure.value, figure.unit).c_str(),
                figure.median > 0 ? amount(figure.median, figure.unit).c_str() : "",
                figure.free ? "" : amount(figure.limit, figure.unit).c_str(),
                figure.free      ? ""
                : figure.holds() ? "yes"
                                 : "NO",
                figure.detail.c_str());
  }
  return all;
}

}  // namespace fairlead::bench
