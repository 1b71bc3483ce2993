#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace fairlead::bench {

using std::chrono::microseconds;

/// One thing that is measured, again and again.
struct Series {
  std::string name;
  std::function<microseconds()> measure;
  std::vector<microseconds> samples;

  microseconds minimum() const;
  microseconds median() const;
};

/// Takes `rounds` samples of each, one after the other in every round, so that whatever else the
/// machine does meets all of them.
void interleave(std::vector<Series*> series, int rounds);

/// One line of the table: a figure, its limit, whether it holds.
struct Figure {
  std::string operation;
  std::string what;   ///< "wall time / reference"
  double value = 0;   ///< of the minimums
  double median = 0;  ///< the same of the medians, where there are any
  double limit = 0;
  std::string unit;     ///< empty: a ratio
  std::string detail;   ///< the numbers behind a ratio
  std::string missing;  ///< why it was not measured; empty: it was
  bool free = false;    ///< there is no limit: it is only shown

  bool holds() const { return missing.empty() && (free || value <= limit); }
};

/// A figure that compares the minimums of two series.
Figure ratio(std::string operation, std::string against, const Series& ours, const Series& theirs,
             double limit);

/// The same without a limit.
Figure shown(Figure figure);

/// Prints all; true when every measured one holds.
bool print_table(const std::vector<Figure>& figures);

}  // namespace fairlead::bench
