#include "engine/build_output.hpp"

#include <algorithm>
#include <vector>

namespace fairlead {
namespace {

constexpr std::size_t kept_lines = 200;
constexpr std::size_t longest_line = 1000;
constexpr std::size_t shown_lines = 15;
constexpr std::string_view failure = "ERROR: Feature \"";
constexpr std::string_view rule = "==========";

/// BuildKit's "#12 0.345 " in front of each line.
std::string without_step(std::string line) {
  if (!line.starts_with('#')) return line;
  const auto end = line.find_first_not_of("#0123456789. ");
  return end == std::string::npos ? std::string() : line.substr(end);
}

/// What the builder says of its own steps.
bool is_about_step(const std::string& line) {
  return line.starts_with(" ---> ") || line.starts_with("Step ") || line.starts_with("STEP ") ||
         line.starts_with("[dev_container") || line.starts_with("RUN ");
}

}  // namespace

void BuildOutput::end_line() {
  while (!line_.empty() && line_.back() == '\r') line_.pop_back();
  auto line = without_step(std::move(line_));
  line_.clear();
  if (line.empty()) return;
  lines_.push_back(std::move(line));
  if (lines_.size() > kept_lines) lines_.pop_front();
}

void BuildOutput::add(std::string_view piece) {
  for (const char c : piece) {
    if (c == '\n') {
      end_line();
    } else if (line_.size() < longest_line) {
      line_ += c;
    }
  }
}

std::optional<BuildOutput::FailedFeature> BuildOutput::failed_feature() const {
  std::vector<std::string> lines{lines_.begin(), lines_.end()};
  lines.push_back(without_step(line_));
  const auto found = std::find_if(lines.rbegin(), lines.rend(),
                                  [](const auto& line) { return line.starts_with(failure); });
  if (found == lines.rend()) return {};
  std::vector<std::string> tail;
  bool in_banner = false;
  for (auto line = std::next(found); line != lines.rend(); ++line) {
    if (is_about_step(*line) || tail.size() == shown_lines) break;
    if (line->starts_with(rule)) {
      in_banner = !in_banner;
    } else if (!in_banner) {
      tail.push_back("  " + *line + '\n');
    }
  }
  FailedFeature result{.what = found->substr(std::string_view("ERROR: ").size()), .tail = {}};
  for (auto line = tail.rbegin(); line != tail.rend(); ++line) result.tail += *line;
  return result;
}

}  // namespace fairlead
