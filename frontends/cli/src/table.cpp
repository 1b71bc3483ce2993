#include "table.hpp"

#include "utf8.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

std::string row_text(const std::vector<std::string>& cells,
                     const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t gap = i + 1 < cells.size() ? widths[i] - display_width(cells[i]) + 2 : 0;
    line += cells[i] + std::string(gap, ' ');
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

}  // namespace

Table::Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }

void Table::add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(bool bold) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(cells[i]));
    }
  }
  std::string text = row_text(rows_.front(), widths);
  if (bold) text = "\x1b[1m" + text + "\x1b[0m";
  text += '\n';
  for (std::size_t i = 1; i < rows_.size(); ++i) text += row_text(rows_[i], widths) + '\n';
  return text;
}

}  // namespace fairlead::cli
