#include "line_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace fairlead::cli {
namespace {

using Lines = std::vector<std::string_view>;

/// Beyond this many pairs of lines the whole middle counts as changed.
constexpr std::size_t most_pairs = 16'000'000;

Lines lines_of(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// How many lines the rests behind (i, j) have in common, as one table of the longest ones.
class CommonLines {
 public:
  CommonLines(const Lines& a, const Lines& b) : width_(b.size() + 1) {
    if (a.size() * b.size() > most_pairs) return;
    table_.resize((a.size() + 1) * width_);
    for (std::size_t i = a.size(); i-- > 0;) {
      for (std::size_t j = b.size(); j-- > 0;) {
        table_[i * width_ + j] =
            a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
  }
  std::uint32_t at(std::size_t i, std::size_t j) const {
    return table_.empty() ? 0 : table_[i * width_ + j];
  }
  bool known() const { return !table_.empty(); }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> table_;
};

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const CommonLines common(a, b);
  std::string out;
  bool open = false;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (common.known() && i < a.size() && j < b.size() && a[i] == b[j]) {
      open = false;
      ++i;
      ++j;
      continue;
    }
    if (!open) out += "@@ " + std::to_string(i + 1) + " @@\n";
    open = true;
    const bool gone = j == b.size() || (i < a.size() && common.at(i + 1, j) >= common.at(i, j + 1));
    out += (gone ? "-" : "+") + std::string(gone ? a[i++] : b[j++]) + '\n';
  }
  return out;
}

}  // namespace fairlead::cli
