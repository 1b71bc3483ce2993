#include "base/jsonc.hpp"
#include "spec/document.hpp"

#include <algorithm>
#include <string>
#include <tuple>

namespace fairlead {
namespace {

struct Located {
  SourceLocation where;
  const std::string* message;
};

std::vector<Located> locate(const SourceMap* source,
                            const std::vector<std::pair<std::string, std::string>>& faults) {
  std::vector<std::string> pointers;
  for (const auto& fault : faults) pointers.push_back(fault.first);
  std::vector<SourceLocation> places(faults.size());
  if (source != nullptr) places = source->locate(pointers);
  std::vector<Located> out;
  for (std::size_t i = 0; i < faults.size(); ++i) out.push_back({places[i], &faults[i].second});
  std::stable_sort(out.begin(), out.end(), [](const Located& a, const Located& b) {
    return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
  });
  return out;
}

}  // namespace

void Faults::throw_if_any(const SourceMap* source, const std::string& subject) const {
  if (faults_.empty()) return;
  const auto located = locate(source, faults_);
  std::string message = *located.front().message;
  if (located.size() > 1) {
    message = std::to_string(located.size()) + " faults in " + subject + ':';
    for (const auto& fault : located) {
      message += "\n  ";
      if (fault.where.line > 0) {
        message +=
            std::to_string(fault.where.line) + ':' + std::to_string(fault.where.column) + ": ";
      }
      message += *fault.message;
    }
  }
  throw Error(Status::invalid, "config.invalid", std::move(message)).at(located.front().where);
}

}  // namespace fairlead
