#pragma once

#include <string>
#include <vector>

namespace fairlead::cli {

/// Rows under headings, each column as wide as its widest cell, two spaces between columns.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  /// Missing cells are empty, surplus ones are dropped.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.size() <= 1; }
  /// The whole table, ending with a newline. \param bold headings in bold (a terminal with colours)
  std::string text(bool bold = false) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace fairlead::cli
